# Regressions of log welfare on sample.csv with R's survey package, weighted quantile regression with quantreg, and an
# Oaxaca-Blinder decomposition written out. CSV to standard output: model, case, estimate, std_error; 17 significant digits.
suppressMessages({library(survey); library(quantreg)})
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "sample.csv"))
d$education <- relevel(factor(d$education), "sma_plus")
d$welfare <- log(d$welfare_ratio)
whole <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
out <- function(model, case, estimate, se = NA)
  cat(paste(c(model, case, sprintf("%.17g", c(estimate, se))), collapse = ","), "\n", sep = "")
cat("model,case,estimate,std_error\n")

formula <- welfare ~ education + size + age + female
for (model in c("whole", "domain")) {
  design <- if (model == "whole") whole else subset(whole, urban == 1)
  fit <- svyglm(formula, design)
  for (i in seq_along(coef(fit))) out(model, names(coef(fit))[i], coef(fit)[[i]], SE(fit)[[i]])
}

for (tau in c(0.1, 0.5)) {
  # The simplex of quantreg ends at a vertex, where the minimum is.
  fit <- rq(formula, tau = tau, weights = weight, data = d, method = "br")
  for (i in seq_along(coef(fit))) out(paste0("quantile:", tau), names(coef(fit))[i], coef(fit)[[i]])
}

# Oaxaca-Blinder by `female`: means and coefficients of both groups, their joint covariance by influence functions.
parts <- welfare ~ size + age + urban
x <- model.matrix(parts, d); y <- d$welfare; w <- d$weight
group <- function(inside) {
  total <- sum(w[inside]); m <- colSums((w * x)[inside, ]) / total
  b <- solve(crossprod(x[inside, ], (w * x)[inside, ]), crossprod(x[inside, ], (w * y)[inside]))
  um <- inside * sweep(x, 2, m) / total
  ub <- inside * (x * as.numeric(y - x %*% b)) %*% solve(crossprod(x[inside, ], (w * x)[inside, ]))
  list(m = m, b = as.numeric(b), um = um, ub = ub)
}
h <- group(d$female == 0); l <- group(d$female == 1)
show <- function(case, left, uleft, right, uright) {
  u <- as.numeric(uleft %*% right + uright %*% left)
  out("oaxaca", case, sum(left * right), SE(svytotal(~I(u), update(whole, u = u)))[[1]])
}
show("endowments", h$m - l$m, h$um - l$um, l$b, l$ub)
show("coefficients", l$m, l$um, h$b - l$b, h$ub - l$ub)
show("interaction", h$m - l$m, h$um - l$um, h$b - l$b, h$ub - l$ub)
show("explained", h$m - l$m, h$um - l$um, h$b, h$ub)
