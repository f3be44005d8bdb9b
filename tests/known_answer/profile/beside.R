# Known answers beside the profile, from the official files with base R and the survey package alone: deprivation counts and the
# line of a household in March 2022, growth of quantiles from March 2021 to 2022. Writes CSV to standard output: case, estimate,
# std_error, with 17 significant digits.
suppressMessages(library(survey))
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
raw <- file.path(dirname(script), "../../../data/raw/susenas")
file <- function(year, pattern) read.csv(list.files(file.path(raw, paste0(year, "-03")), pattern, full.names = TRUE))
line <- c(`2021` = 657521, `2022` = 680499)
cat("case,estimate,std_error\n")
out <- function(case, estimate, error) cat(paste(c(case, sprintf("%.17g", c(estimate, error))), collapse = ","), "\n", sep = "")
one <- function(case, s, times = 1) out(case, times * coef(s)[[1]], times * SE(s)[[1]])

p <- file(2022, "^kor.*ind"); h <- file(2022, "^kor.*rt"); spent <- file(2022, "43")
h <- cbind(h, spent[match(h$URUT, spent$URUT), c("EXPEND", "WEIND")])
any_of <- function(yes) as.numeric(h$URUT %in% p$URUT[yes])
insured <- p$R1101_A == "A" | p$R1101_B == "B" | p$R1101_C == "C" | p$R1101_D == "D" | p$R1101_E == "E"
safe <- c(3, 4, 5, 7, 10)
drained <- h$R1809C %in% 1:2 | (h$R1809C == 4 & h$R105 == 2)
deprived <- data.frame(
  schooling = any_of(p$R407 >= 7 & p$R407 <= 18 & p$R610 != 2),
  diploma = any_of(p$R407 >= 15) * (1 - any_of(p$R407 >= 15 & p$R614 %in% 1:24)),
  insurance = any_of(!insured),
  improved_water = as.numeric(!(h$R1810A %in% safe | (h$R1810A %in% 1:2 & h$R1814A %in% safe))),
  improved_sanitation = as.numeric(!(h$R1809A %in% 1:3 & h$R1809B == 1 & drained)),
  floor_per_head = as.numeric(h$R1804 / h$R301 <= 7.2),
  floor = as.numeric(!h$R1808 %in% 1:5),
  lighting = as.numeric(h$R1816 == 4))
weight <- c(1, 1, 0, 0, 0, 0, 0, 0) / 6 + c(0, 0, 1, 1, 1, 1, 1, 1) / 9
h$count <- as.vector(as.matrix(deprived) %*% weight)
h$welfare <- h$EXPEND / h$R301
h$vulnerable <- as.numeric(h$welfare >= line[["2022"]] & h$welfare < 1.5 * line[["2022"]])
dw <- function(k) {
  h$poor <- as.numeric(h$count >= k - 1e-9); h$censored <- h$count * h$poor
  both <- deprived * h$poor; names(both) <- paste0("both_", names(both))
  svydesign(id = ~PSU, strata = ~STRATA, weights = ~WEIND, data = cbind(h, deprived, both))
}
for (k in c(1 / 3, 0.2)) {
  d <- dw(k); at <- sprintf("%.2f:", k)
  one(paste0(at, "H"), svymean(~poor, d), 100)
  one(paste0(at, "A"), svyratio(~censored, ~poor, d), 100)
  one(paste0(at, "M0"), svymean(~censored, d), 100)
  for (i in seq_along(deprived)) {
    name <- names(deprived)[i]
    one(paste0(at, "deprived:", name), svymean(as.formula(paste0("~", name)), d), 100)
    one(paste0(at, "censored:", name), svymean(as.formula(paste0("~both_", name)), d), 100)
    one(paste0(at, "contribution:", name), svyratio(as.formula(paste0("~both_", name)), ~censored, d), 100 * weight[i])
  }
}
of_households <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~FWT, data = h)
one("household_line", svymean(~R301, subset(of_households, welfare < line[["2022"]])), line[["2022"]])
one("just_above:1.5", svymean(~vulnerable, dw(1)), 100)

quantiles <- function(year, shares) {
  s <- file(year, "43"); s$welfare <- s$EXPEND / s$R301
  d <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~WEIND, data = s)
  q <- svyquantile(~welfare, d, shares, se = TRUE, qrule = "math", interval.type = "beta")
  cbind(q = coef(q), se = SE(q))
}
shares <- c(0.1, 0.25, 0.5, 0.75, 0.9)
before <- quantiles(2021, shares); after <- quantiles(2022, shares); prices <- line[["2022"]] / line[["2021"]]
ratio <- after[, 1] / before[, 1] / prices
error <- ratio * sqrt((after[, 2] / after[, 1])^2 + (before[, 2] / before[, 1])^2)
for (i in seq_along(shares)) out(paste0("growth:", shares[i]), 100 * (ratio[i] - 1), 100 * error[i])
