# Known answers on eight.csv, eight records that can be counted by hand; the counts stand in test_by_hand.py. Writes CSV to
# standard output: case, estimate, variance, df, with 17 significant digits.
suppressMessages(library(survey))
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "eight.csv"))
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = d)

out <- function(case, estimate, variance, df = NA)
  cat(paste(c(case, sprintf("%.17g", c(estimate, variance, df))), collapse = ","), "\n", sep = "")
cat("case,estimate,variance,df\n")
one <- function(case, s, df = NA) out(case, coef(s)[[1]], vcov(s)[1, 1], df)

one("total", svytotal(~y, design), degf(design))
one("mean", svymean(~y, design))
one("ratio", svyratio(~y, ~x, design))
for (k in c("u", "v")) {
  inside <- subset(design, g == k)
  one(paste0("mean:", k), svymean(~y, inside), degf(inside))
  one(paste0("total:", k), svytotal(~y, inside))
}
by <- svyby(~y, ~g, design, svymean, covmat = TRUE)
out("covariance:uv", vcov(by)[1, 2], NA)
one("contrast:u-v", svycontrast(by, c(1, -1)))
for (p in c(0.25, 0.5, 0.75)) out(paste0("quantile:", p), svyquantile(~y, design, p)$y[1, "quantile"], NA)

# The plug-in Gini coefficient, as convey defines it.
o <- order(d$y); N <- sum(d$w); Y <- sum(d$w * d$y)
out("gini", sum((2 * cumsum(d$w[o]) - 1) * (d$w * d$y)[o]) / (N * Y) - 1, NA)

corrected <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, fpc = ~psus, data = d)
one("fpc:total", svytotal(~y, corrected), degf(corrected))

# Stratum b with its first PSU alone.
few <- d[d$psu != 4, ]
for (option in c("adjust", "certainty", "average")) {
  options(survey.lonely.psu = option)
  lone <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, data = few)
  one(paste0("lone:", option, ":mean"), svymean(~y, lone), degf(lone))
}
options(survey.lonely.psu = "fail")

margin <- data.frame(g = c("u", "v"), Freq = c(10, 10))
one("poststratified:total", svytotal(~y, postStratify(design, ~g, margin)))
raked <- calibrate(design, ~g + stratum, c("(Intercept)" = 20, gv = 10, stratumb = 12), calfun = "raking", epsilon = 1e-14, maxit = 500)
one("raked:total", svytotal(~y, raked))
for (i in 1:8) out(paste0("raked:weight:", i), weights(raked)[[i]], NA)

knife <- as.svrepdesign(design, type = "JKn", mse = TRUE)
one("jackknife:total", svytotal(~y, knife))
one("jackknife:mean", svymean(~y, knife))
# Half samples: PSUs 1 and 3, 1 and 4, 2 and 3, 2 and 4.
half <- rbind(c(2, 2, 0, 0), c(2, 2, 0, 0), c(0, 0, 2, 2), c(0, 0, 2, 2), c(2, 0, 2, 0), c(2, 0, 2, 0), c(0, 2, 0, 2), c(0, 2, 0, 2))
balanced <- svrepdesign(weights = ~w, repweights = half, type = "BRR", combined.weights = FALSE, mse = TRUE, data = d)
one("balanced:mean", svymean(~y, balanced))
fay <- svrepdesign(weights = ~w, repweights = 0.7 * half + 0.3, type = "Fay", rho = 0.3, combined.weights = FALSE, mse = TRUE, data = d)
one("fay:mean", svymean(~y, fay))
given <- svrepdesign(weights = ~w, repweights = half, type = "bootstrap", combined.weights = FALSE, mse = FALSE, data = d)
one("given:mean", svymean(~y, given))
