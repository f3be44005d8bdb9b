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
one(c("poverty", "both", "", "poor_count", "all", "number"), svytotal(~poor_, dw))
dw <- update(dw, severity_ = gap_^2)
one(c("poverty", "both", "", "severity", "all", "value"), svymean(~severity_, dw), 100)

# Of ages, kinds of insurance, one kind of dwelling, assistance, mean size, other spending by group, deciles and 40/40/20.
dp <- update(dp, child_ = as.numeric(R407 < 15), pbi_ = as.numeric(R1101_A == "A"), agriculture_ = as.numeric(works & R705 %in% 1:6),
  below_ = as.numeric(!(R614 %in% 1:24)), left_ = as.numeric(R610 == 3), daily_ = as.numeric(R1206 == 1),
  tertiary_ = as.numeric(R614 %in% 18:24), middle_ = as.numeric(R407 >= 45 & R407 < 65))
dh <- update(dh, rented_ = as.numeric(R1802 == 2), zinc_ = as.numeric(R1806 == 3), masonry_ = as.numeric(R1807 == 1),
  grid_ = as.numeric(R1816 %in% 1:2), pkh_ = as.numeric(R2203 == 1), aid_ = as.numeric(R2207 == 1), own_ = as.numeric(R1809A == 1))
cell("age", "female", "", "a0", subset(dp, R405 == 2), ~child_)
cell("insurance_kind", "both", "", "pbi", dp, ~pbi_)
cell("sector", "male", "", "agriculture", subset(dp, R405 == 1 & R407 >= 15), ~agriculture_)
cell("education", "both", "", "below_sd", subset(dp, R407 >= 15), ~below_)
cell("schooling", "both", "", "left", subset(dp, R407 >= 5 & R407 <= 24), ~left_)
cell("smoking", "male", "", "daily", subset(dp, R405 == 1 & R407 >= 5), ~daily_)
cell("diploma", "female", "", "tertiary", subset(dp, R405 == 2 & R407 >= 15), ~tertiary_)
cell("head_diploma", "both", "", "tertiary", subset(dp, R403 == 1), ~tertiary_)
cell("head_age", "male", "", "a45", subset(dp, R403 == 1 & R405 == 1), ~middle_)
cell("tenure", "both", "", "rented", dh, ~rented_)
cell("roof", "both", "", "zinc", dh, ~zinc_)
cell("wall", "both", "", "masonry", dh, ~masonry_)
cell("lighting", "both", "", "state_grid", dh, ~grid_)
cell("toilet", "both", "", "own", dh, ~own_)
cell("pkh", "both", "", "yes", dh, ~pkh_)
cell("food_assistance", "both", "", "yes", dh, ~aid_)
other <- file("blok42"); quantities <- c(205, 207, 210, 212, 215, 217, 219, 221, 224, 226, 228, 230)
other <- other[other$KLP != 0 & !other$KODE %in% c(199, quantities), ]
every_other <- tapply(other$SEBULAN, other$URUT, sum); housing <- tapply(other$SEBULAN[other$KLP == min(other$KLP)],
  other$URUT[other$KLP == min(other$KLP)], sum)
per_head <- function(sums) { s <- sums[as.character(h$URUT)]; ifelse(is.na(s), 0, s) / h$R301 }
dw <- update(dw, housing_ = per_head(housing), other_ = per_head(every_other))
for (k in c("poor", "non_poor", "all")) {
  one(c("nonfood_groups", "both", "", "housing", k, "value"), svyratio(~housing_, ~other_, columns(dw)[[k]]), 100)
  one(c("nonfood_groups", "both", "", "housing", k, "number"), svymean(~housing_, columns(dw)[[k]]))
  one(c("mean_size", "both", "", "mean:size", k, "number"), svymean(~R301, columns(dh)[[k]]))
}
# A household is in the first class of persons whose quantile, the smallest amount with that share of persons up to it, it is
# not above.
order_ <- order(h$welfare); up_to <- cumsum(h$WEIND[order_]) / sum(h$WEIND)
quantile_ <- function(p) h$welfare[order_][which(up_to >= p - 1e-12)[1]]
class_ <- function(ends) 1 + rowSums(outer(h$welfare, sapply(ends, quantile_), ">"))
dh <- update(dh, decile_ = class_(1:9 / 10), group_ = class_(c(0.4, 0.8)))
for (k in c(1, 5, 10)) {
  one(c("water_by_decile", "both", "", "improved_sanitation", paste0("d", k), "value"), svymean(~sanitation_, subset(dh, decile_ == k)), 100)
  one(c("water_by_decile", "both", "", "improved_water", paste0("d", k), "number"), svytotal(~water_, subset(dh, decile_ == k)))
}
for (k in 1:3) one(c("water_by_group", "both", "", "improved_sanitation", c("low_40", "middle_40", "top_20")[k], "value"),
  svymean(~sanitation_, subset(dh, group_ == k)), 100)

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
