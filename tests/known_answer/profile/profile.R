# Known answers on tables of every kind of the profile of March 2022, from the official files with base R and the survey
# package alone. Writes CSV to standard output: table, sex, within, row, column, measure, estimate, std_error, with 17
# significant digits. Of a test the estimate is F, the error its p-value.
suppressMessages(library(survey))
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
raw <- file.path(dirname(script), "../../../data/raw")
folder <- file.path(raw, "susenas/2022-03")
file <- function(pattern) read.csv(list.files(folder, pattern, full.names = TRUE))
line <- 680499

person <- file("^kor.*ind"); house <- file("^kor.*rt"); spending <- file("43"); food <- file("blok41")
food <- food[food$KLP != 0, ]
cereals <- tapply((food$B41K10 * 30 / 7)[food$KLP == 1], food$URUT[food$KLP == 1], sum)
every <- tapply(food$B41K10 * 30 / 7, food$URUT, sum)
spending$welfare <- spending$EXPEND / spending$R301
spending$status <- ifelse(spending$welfare < line, "poor", "non_poor")
take <- function(d, names) cbind(d, spending[match(d$URUT, spending$URUT), names])
h <- take(house, c("status", "welfare", "FOOD", "NONFOOD", "EXPEND", "WEIND"))
h$cereals <- ifelse(is.na(cereals[as.character(h$URUT)]), 0, cereals[as.character(h$URUT)]) / h$R301
h$food <- every[as.character(h$URUT)] / h$R301
p <- take(person, c("status", "FOOD", "NONFOOD", "EXPEND"))
p$size <- spending$R301[match(p$URUT, spending$URUT)]

safe <- c(3, 4, 5, 7, 10)
h$improved_water <- h$R1810A %in% safe | (h$R1810A %in% 1:2 & h$R1814A %in% safe)
h$improved_sanitation <- h$R1809A %in% 1:3 & h$R1809B == 1 & (h$R1809C %in% 1:2 | (h$R1809C == 4 & h$R105 == 2))
h$floor <- ifelse(h$R1808 <= 4, "ceramic", ifelse(h$R1808 == 5, "wood", "other"))
h$small <- h$R1804 / h$R301 <= 7.2
p$insured <- p$R1101_A == "A" | p$R1101_B == "B" | p$R1101_C == "C" | p$R1101_D == "D" | p$R1101_E == "E"
p$literate <- p$R607 == 1 | p$R608 == 1 | p$R609 == 1
p$attends <- p$R610 == 2
p$marital <- c("single", "married", "divorced", "widowed")[p$R404]
p$works <- p$R702_A == "A" | p$R704 == 1
p$work <- ifelse(!p$works, "not_working", ifelse(p$R706 %in% 3:4, "formal", "informal"))

dp <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~FWT, data = p)
dh <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~FWT, data = h)
dw <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~WEIND, data = h)

cat("table,sex,within,row,column,measure,estimate,std_error\n")
out <- function(key, estimate, error) cat(paste(c(key, sprintf("%.17g", c(estimate, error))), collapse = ","), "\n", sep = "")
one <- function(key, s, times = 1) out(key, times * coef(s)[[1]], times * SE(s)[[1]])
columns <- function(design) list(poor = subset(design, status == "poor"), non_poor = subset(design, status == "non_poor"), all = design)
cell <- function(table, sex, within, row, design, formula) for (k in c("poor", "non_poor", "all")) {
  one(c(table, sex, within, row, k, "value"), svymean(formula, columns(design)[[k]]), 100)
  one(c(table, sex, within, row, k, "number"), svytotal(formula, columns(design)[[k]]))
}

dp <- update(dp, insured_ = as.numeric(insured), literate_ = as.numeric(literate), attends_ = as.numeric(attends),
  widowed_ = as.numeric(marital == "widowed"), informal_ = as.numeric(work == "informal"), male_ = as.numeric(R405 == 1))
dh <- update(dh, water_ = as.numeric(improved_water), sanitation_ = as.numeric(improved_sanitation), small_ = as.numeric(small),
  wood_ = as.numeric(floor == "wood"), large_ = as.numeric(R301 >= 4 & R301 <= 6))
cell("insurance", "both", "", "insured", dp, ~insured_)
cell("insurance", "female", "", "insured", subset(dp, R405 == 2), ~insured_)
cell("literacy_15_55", "male", "", "literate", subset(dp, R405 == 1 & R407 >= 15 & R407 <= 55), ~literate_)
cell("participation", "both", "a16", "attending", subset(dp, R407 >= 16 & R407 <= 18), ~attends_)
cell("head_marital", "both", "", "widowed", subset(dp, R403 == 1), ~widowed_)
cell("head_sex", "both", "", "male", subset(dp, R403 == 1), ~male_)
cell("marital", "both", "a19", "widowed", subset(dp, R407 >= 19), ~widowed_)
cell("work", "female", "", "informal", subset(dp, R405 == 2 & R407 >= 15), ~informal_)
cell("water_sanitation", "both", "", "improved_water", dh, ~water_)
cell("water_sanitation", "both", "", "improved_sanitation", dh, ~sanitation_)
cell("floor_area", "both", "", "small", dh, ~small_)
cell("floor", "both", "", "wood", dh, ~wood_)
cell("size", "both", "", "s4", dh, ~large_)
dp <- update(dp, share_ = FOOD / EXPEND, food_ = FOOD / size)
dw <- update(dw, food_ = FOOD / R301, all_ = EXPEND / R301)
for (k in c("poor", "non_poor", "all")) {
  one(c("food_share", "female", "", "food", k, "value"), svymean(~share_, columns(subset(dp, R405 == 2))[[k]]), 100)
  one(c("food_share", "both", "", "food", k, "number"), svymean(~food_, columns(dp)[[k]]))
  one(c("food_groups", "both", "", "cereals", k, "value"), svyratio(~cereals, ~food, columns(dw)[[k]]), 100)
  one(c("food_share_of_sums", "both", "", "food", k, "value"), svyratio(~food_, ~all_, columns(dw)[[k]]), 100)
}
dw <- update(dw, poor_ = as.numeric(status == "poor"), gap_ = pmax(line - welfare, 0) / line)
one(c("poverty", "both", "", "headcount", "all", "value"), svymean(~poor_, dw), 100)
one(c("poverty", "both", "", "poverty_gap", "all", "value"), svymean(~gap_, dw), 100)

test <- function(table, sex, within, row, formula, design) {
  s <- svychisq(formula, design); out(c(table, sex, within, row, "", "test"), s$statistic, s$p.value)
}
test("insurance", "both", "", "insurance", ~insured + status, dp)
test("work", "female", "", "work", ~work + status, subset(dp, R405 == 2 & R407 >= 15))
test("floor", "both", "", "floor", ~floor + status, dh)
test("participation", "both", "a16", "schooling", ~R610 + status, subset(dp, R407 >= 16 & R407 <= 18))
test("water_sanitation", "both", "", "improved_sanitation", ~improved_sanitation + status, dh)
# Shares of food of the poor and the others, as a Wald test of their difference.
by <- svyby(~food_, ~status, dw, denominator = ~all_, svyratio, covmat = TRUE)
d <- svycontrast(by, c(1, -1)); df <- degf(dw)
f <- (coef(d) / SE(d))^2
out(c("food_share_of_sums", "both", "", "summary", "", "test"), f, pf(f, 1, df, lower.tail = FALSE))
