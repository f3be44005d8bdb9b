# Known answers of logits on sample.csv with R's survey package. Writes CSV to standard output: model, case, estimate, std_error,
# then the degrees of freedom and the p-value where the case has them, with 17 significant digits.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "sample.csv"))
d$education <- relevel(factor(d$education), "sma_plus")
whole <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
out <- function(model, case, estimate, se = NA, df1 = NA, df2 = NA, p = NA)
  cat(paste(c(model, case, sprintf("%.17g", c(estimate, se, df1, df2, p))), collapse = ","), "\n", sep = "")
cat("model,case,estimate,std_error,df1,df2,p_value\n")

logit <- function(name, formula, data) {
  design <<- data  # regTermTest fits the smaller model anew, where the formula was written
  fit <- eval(bquote(svyglm(.(formula), design, family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 100))))
  b <- coef(fit)
  # svyglm's own standard errors use the weights of the last but one iteration; here the sandwich is taken at the final fit.
  x <- model.matrix(fit); frame <- design$variables; w <- weights(design)
  mu <- as.numeric(plogis(x %*% b))
  influence <- (x * (frame$poor - mu)) %*% solve(crossprod(x, w * mu * (1 - mu) * x))
  v <- vcov(svytotal(influence, design))
  for (i in seq_along(b)) out(name, paste0("sandwich:", names(b)[i]), b[[i]], sqrt(v[i, i]), fit$df.residual)
  for (i in seq_along(b)) out(name, paste0("svyglm:", names(b)[i]), b[[i]], SE(fit)[[i]], fit$df.residual)

  average <- function(case, changed, base, direct = NULL) {
    # Everybody's columns are made anew by R, so that an interaction follows its factors.
    columns <- function(frame) model.matrix(delete.response(terms(fit)), frame)
    x1 <- columns(changed); p1 <- as.numeric(plogis(x1 %*% b))
    m <- p1; slope <- p1 * (1 - p1) * x1
    if (!is.null(base)) {
      x0 <- columns(base); p0 <- as.numeric(plogis(x0 %*% b))
      m <- p1 - p0; slope <- slope - p0 * (1 - p0) * x0
    }
    if (!is.null(direct)) {  # a derivative: columns change by `direct` for one unit
      q <- p1 * (1 - p1); along <- as.numeric(direct %*% b)
      m <- q * along; slope <- q * (1 - 2 * p1) * along * x1 + q * direct
    }
    value <- sum(w * m) / sum(w)
    fixed <- influence %*% (colSums(w * slope) / sum(w))
    random <- fixed + (m - value) / sum(w)
    out(name, paste0(case, ":fixed"), value, SE(svytotal(fixed, design))[[1]])
    out(name, paste0(case, ":random"), value, SE(svytotal(random, design))[[1]])
  }
  set <- function(...) { f <- frame; for (n in names(list(...))) {
    value <- list(...)[[n]]
    f[[n]] <- if (is.factor(f[[n]])) factor(value, levels(f[[n]])) else value
  }; f[rep_len(TRUE, nrow(f)), ] }
  level <- function(e) set(education = rep(e, nrow(frame)))
  for (e in c("below_sd", "sd_smp")) average(paste0("ame:education:", e), level(e), level("sma_plus"))
  average("ame:female", set(female = 1), set(female = 0))
  one_more <- model.matrix(delete.response(terms(fit)), set(size = frame$size + 1)) - x
  average("ame:size", frame, NULL, one_more)
  for (e in levels(d$education)) average(paste0("predicted:", e, ":size=5"), set(education = rep(e, nrow(frame)), size = 5), NULL)
  p <- predict(fit, head(frame, 3), type = "response", se.fit = TRUE)
  # The delta method with the sandwich at the final fit, for the same reason as above.
  x3 <- head(x, 3); q <- as.numeric(plogis(x3 %*% b))
  stopifnot(all.equal(as.numeric(coef(p)), q, tolerance = 1e-8))
  for (i in 1:3) out(name, paste0("row:", i), q[i], q[i] * (1 - q[i]) * sqrt(x3[i, ] %*% v %*% x3[i, ]))
  fit
}
terms_of <- function(name, fit, term) {
  wald <- regTermTest(fit, term, method = "Wald")
  out(name, "wald", wald$Ftest, NA, wald$df, wald$ddf, wald$p)
  ratio <- regTermTest(fit, term, method = "LRT", lrt.approximation = "satterthwaite")
  d <- ratio$lambda
  out(name, "lrt", ratio$chisq / sum(d), NA, sum(d)^2 / sum(d^2), ratio$ddf, ratio$p)
}
main <- poor ~ education + size + age + female
fit <- logit("whole", main, whole); terms_of("whole", fit, ~education)
towns <- subset(whole, urban == 1)
fit <- logit("domain", main, towns); terms_of("domain", fit, ~education)
invisible(logit("interaction", poor ~ education * size + age + female, whole))

# A domain that leaves out a stratum and most PSUs of another.
few <- subset(whole, stratum %in% c("a", "c") | psu %in% c("b00", "b01"))
invisible(logit("few", poor ~ education + size + age + female, few))
