# Known answers of a logit whose factor is given as whole numbers, and of its errors by the jackknife, on sample.csv with R's
# survey package. Writes CSV to standard output: model, case, estimate, std_error with 17 significant digits.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "sample.csv"))
d$code <- c(below_sd = 1, sd_smp = 2, sma_plus = 4)[d$education]
d$factor <- relevel(factor(d$code), "4")
whole <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
out <- function(model, case, estimate, se)
  cat(paste(c(model, case, sprintf("%.17g", c(estimate, se))), collapse = ","), "\n", sep = "")
cat("model,case,estimate,std_error\n")
tight <- glm.control(epsilon = 1e-14, maxit = 100)

fit <- svyglm(poor ~ factor + size, whole, family = quasibinomial(), control = tight)
b <- coef(fit); x <- model.matrix(fit); w <- weights(whole)
mu <- as.numeric(plogis(x %*% b))
influence <- (x * (d$poor - mu)) %*% solve(crossprod(x, w * mu * (1 - mu) * x))
# Everybody's chance with one level for all, its influence, and its slope in the coefficients.
with_level <- function(code, b, w) {
  f <- d; f$factor <- factor(rep(code, nrow(d)), levels(d$factor))
  x1 <- model.matrix(~ factor + size, f); p <- as.numeric(plogis(x1 %*% b))
  value <- sum(w * p) / sum(w)
  list(value = value, u = influence %*% (colSums(w * p * (1 - p) * x1) / sum(w)) + (p - value) / sum(w))
}
levels_of <- lapply(levels(d$factor), with_level, b = b, w = w); names(levels_of) <- levels(d$factor)
for (code in levels(d$factor))
  out("codes", paste0("predicted:", code), levels_of[[code]]$value, SE(svytotal(levels_of[[code]]$u, whole))[[1]])
for (code in c("1", "2")) {
  u <- levels_of[[code]]$u - levels_of[["4"]]$u
  out("codes", paste0("effect:", code), levels_of[[code]]$value - levels_of[["4"]]$value, SE(svytotal(u, whole))[[1]])
}
for (persons in c(1, 2, 8)) {
  m <- svymean(100 * (d$size == persons), whole)
  out("share", persons, coef(m)[[1]], SE(m)[[1]])
}

# JKn: the model, and the chances, anew under the weights of each replicate.
jackknifed <- as.svrepdesign(whole, type = "JKn")
table <- weights(jackknifed, "analysis")
theta <- function(w) {
  d$share <- w / mean(w)  # weights in the hundreds would start the fit far from its end
  b <- coef(glm(poor ~ factor + size, quasibinomial(), d, weights = share, control = tight))
  c(b, sapply(levels(d$factor), function(code) with_level(code, b, w)$value))
}
full <- theta(w); each <- t(apply(table, 2, theta))
v <- svrVar(each, jackknifed$scale, jackknifed$rscales, mse = FALSE, coef = full)
names(full) <- c(names(b), paste0("predicted:", levels(d$factor)))
for (i in seq_along(full)) out("jackknife", names(full)[i], full[[i]], sqrt(v[i, i]))
contrast <- each[, "1"] - each[, "4"]
out("jackknife", "effect:1", full[["predicted:1"]] - full[["predicted:4"]],
    sqrt(svrVar(contrast, jackknifed$scale, jackknifed$rscales, mse = FALSE, coef = 0)))
