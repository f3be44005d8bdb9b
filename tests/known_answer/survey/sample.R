# Known answers for sample.csv with R's survey package. Writes CSV to standard output: case, estimate, std_error,
# and limits or degrees of freedom where the case has them, with 17 significant digits.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
folder <- dirname(script)
d <- read.csv(file.path(folder, "sample.csv"))
z <- 600000
d$poor <- as.numeric(d$expenditure < z)
d$gap <- ifelse(d$poor == 1, (z - d$expenditure) / z, 0)
d$gap2 <- d$gap^2
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)

out <- function(case, estimate, se, low = NA, high = NA, df = NA)
  cat(paste(c(case, sprintf("%.17g", c(estimate, se, low, high, df))), collapse = ","), "\n", sep = "")
cat("case,estimate,std_error,low,high,df\n")
one <- function(case, s) out(case, coef(s)[[1]], SE(s)[[1]])

one("mean", svymean(~expenditure, design))
one("total", svytotal(~expenditure, design))
one("poor_count", svytotal(~poor, design))
one("headcount", svymean(~poor, design))
one("gap", svymean(~gap, design))
one("severity", svymean(~gap2, design))
r <- svyratio(~food, ~expenditure, design)
out("food_share", coef(r)[[1]], sqrt(vcov(r)[1, 1]))

for (e in c("below_sd", "sd_smp", "sma_plus")) {
  inside <- subset(design, education == e)
  s <- svymean(~poor, inside)
  out(paste0("headcount:", e), coef(s)[[1]], SE(s)[[1]], df = degf(inside))
  one(paste0("poor_count:", e), svytotal(~poor, inside))
  one(paste0("population:", e), svytotal(~I(poor * 0 + 1), inside))
}
poor <- subset(design, poor == 1)
shares <- svymean(~factor(education, levels = c("below_sd", "sd_smp", "sma_plus")), poor)
for (i in 1:3) out(paste0("education_of_the_poor:", i), coef(shares)[[i]], SE(shares)[[i]])
for (i in 1:3) for (j in 1:3) out(paste0("education_covariance:", i, j), vcov(shares)[i, j], NA)
difference <- svycontrast(svyby(~poor, ~education, design, svymean, covmat = TRUE), c(1, 0, -1))
one("headcount_difference", difference)

for (m in c("beta", "xlogit", "mean")) {
  ci <- svyciprop(~poor, design, method = m, df = degf(design))
  out(paste0("interval:", m), coef(ci)[[1]], SE(ci)[[1]], attr(ci, "ci")[[1]], attr(ci, "ci")[[2]], degf(design))
  inside <- subset(design, education == "sd_smp")
  ci <- svyciprop(~poor, inside, method = m, df = degf(inside))
  out(paste0("interval_sd_smp:", m), coef(ci)[[1]], SE(ci)[[1]], attr(ci, "ci")[[1]], attr(ci, "ci")[[2]], degf(inside))
}

corrected <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~psus, data = d)
one("fpc:headcount", svymean(~poor, corrected))
one("fpc:total", svytotal(~expenditure, corrected))

# Stratum c keeps one PSU only. "adjust" of version 4.1 measures it from zero, which for a mean or a ratio is the mean of all PSUs;
# later versions measure totals from that mean too.
lone <- d[!(d$stratum == "c" & d$psu != "c00"), ]
for (option in c("adjust", "certainty", "remove", "average")) {
  options(survey.lonely.psu = option)
  lone_design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = lone)
  one(paste0("lone:", option, ":headcount"), svymean(~poor, lone_design))
  one(paste0("lone:", option, ":mean"), svymean(~expenditure, lone_design))
  r <- svyratio(~food, ~expenditure, lone_design)
  out(paste0("lone:", option, ":food_share"), coef(r)[[1]], sqrt(vcov(r)[1, 1]), df = degf(lone_design))
  if (option != "adjust") one(paste0("lone:", option, ":total"), svytotal(~expenditure, lone_design))
  s <- svymean(~poor, subset(lone_design, education == "sd_smp"))
  one(paste0("lone:", option, ":headcount:sd_smp"), s)
}

# Design effects against a simple random sample drawn with replacement.
effect <- function(case, s) out(paste0("deff:", case), deff(s)[[1]], NA)
effect("mean", svymean(~expenditure, design, deff = "replace"))
effect("total", svytotal(~expenditure, design, deff = "replace"))
effect("headcount", svymean(~poor, design, deff = "replace"))
effect("poor_count", svytotal(~poor, design, deff = "replace"))
effect("gap", svymean(~gap, design, deff = "replace"))
effect("food_share", svyratio(~food, ~expenditure, design, deff = "replace"))
for (e in c("below_sd", "sd_smp", "sma_plus")) {
  inside <- subset(design, education == e)
  effect(paste0("headcount:", e), svymean(~poor, inside, deff = "replace"))
  effect(paste0("mean:", e), svymean(~expenditure, inside, deff = "replace"))
}
