# Known answers for calibrated weights on ../survey/sample.csv: post-stratification, raking and regression estimators, with the
# residual variance that follows. Writes CSV to standard output with 14 significant digits: case, estimate, std_error. The
# margins are made up.
suppressMessages(library(survey))
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "..", "survey", "sample.csv"))
d$poor <- as.numeric(d$expenditure < 600000)
d$gap <- d$poor * (600000 - d$expenditure) / 600000
d$food_million <- d$food / 1e6
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)

by_education <- data.frame(education = c("below_sd", "sd_smp", "sma_plus"), Freq = c(7600, 11200, 12000))
by_stratum <- data.frame(stratum = c("a", "b", "c"), Freq = c(9900, 9100, 11800))
linear <- c("(Intercept)" = 30800, educationsd_smp = 11200, educationsma_plus = 12000, food_million = 15800)

designs <- list(
  none = design,
  poststratified = postStratify(design, ~education, by_education),
  raked = rake(design, list(~education, ~stratum), list(by_education, by_stratum), control = list(epsilon = 1e-12, maxit = 1000)),
  raked_by_calibration = calibrate(design, ~education + stratum, c("(Intercept)" = 30800, educationsd_smp = 11200,
    educationsma_plus = 12000, stratumb = 9100, stratumc = 11800), calfun = "raking", epsilon = 1e-13, maxit = 500),
  greg = calibrate(design, ~education + food_million, linear, calfun = "linear", epsilon = 1e-13, maxit = 500),
  greg_bounded = calibrate(design, ~education + food_million, linear, calfun = "linear", bounds = c(0.9, 1.12), epsilon = 1e-13, maxit = 500),
  logit_bounded = calibrate(design, ~education + food_million, linear, calfun = "logit", bounds = c(0.8, 1.25), epsilon = 1e-13, maxit = 500)
)

cat("case,estimate,std_error\n")
out <- function(case, estimate, se) cat(paste(c(case, sprintf("%.14g", c(estimate, se))), collapse = ","), "\n", sep = "")
one <- function(case, s) out(case, coef(s)[[1]], SE(s)[[1]])
for (name in names(designs)) {
  g <- designs[[name]]
  case <- function(what) paste0(name, ":", what)
  one(case("total"), svytotal(~expenditure, g))
  one(case("poor_count"), svytotal(~poor, g))
  one(case("headcount"), svymean(~poor, g))
  one(case("poverty_gap"), svymean(~gap, g))
  r <- svyratio(~food, ~expenditure, g)
  out(case("food_share"), coef(r)[[1]], sqrt(vcov(r)[1, 1]))
  for (e in c("below_sd", "sd_smp", "sma_plus")) {
    one(paste0(name, ":headcount:", e), svymean(~poor, subset(g, education == e)))
    # A calibrated margin has no error but that of rounding.
    out(paste0(name, ":population:", e), sum(weights(g)[d$education == e]), NA)
  }
  w <- weights(g)
  out(case("largest_ratio"), max(w / weights(design)), NA)
  out(case("smallest_ratio"), min(w / weights(design)), NA)
  out(case("sum_of_squared_weights"), sum(w^2), NA)
}
