# Logits on sample.csv under replicate weights with R's survey package: JKn of a whole sample and of a domain. Writes CSV to
# standard output: model, case, estimate, std_error, degrees of freedom, with 17 significant digits.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "sample.csv"))
d$education <- relevel(factor(d$education), "sma_plus")
whole <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
cat("model,case,estimate,std_error,df\n")
for (mse in c(FALSE, TRUE)) {
  design <- as.svrepdesign(whole, type = "JKn", mse = mse)
  fit <- svyglm(poor ~ education + size + age + female, design, family = quasibinomial(),
                control = glm.control(epsilon = 1e-14, maxit = 100))
  b <- coef(fit)
  for (i in seq_along(b)) cat(sprintf("coefficients:%s,%s,%.17g,%.17g,%d\n", mse, names(b)[i], b[[i]], SE(fit)[[i]], fit$df.residual))
  # A prediction averaged over the population, with everything computed anew under each replicate.
  predicted <- withReplicates(design, function(w, data) {
    refit <- suppressWarnings(glm(poor ~ education + size + age + female, data = cbind(data, w = w / mean(w)), weights = w,
                                  family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 100)))
    sapply(levels(data$education), function(level) {
      data$education[] <- level
      weighted.mean(predict(refit, data, type = "response"), w)
    })
  })
  for (i in 1:3) cat(sprintf("predicted:%s,%s,%.17g,%.17g,\n", mse, levels(d$education)[i], coef(predicted)[[i]], SE(predicted)[[i]]))
}
