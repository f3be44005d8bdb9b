# Firth's penalised logit on sample.csv by hand, in three ways that share no step with the package: the maximum by repeated
# weighted fits of glm with the pseudo-outcomes of Heinze and Schemper (y + h/2 events of 1 + h), checked against optim's
# maximum of the penalised likelihood; the influence of each record by fitting again with its weight a little larger and
# smaller. Writes CSV to standard output with 17 significant digits: model, case, estimate, std_error.
suppressMessages(library(survey))
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "sample.csv"))
d$education <- relevel(factor(d$education), "sma_plus")
out <- function(model, case, estimate, se = NA)
  cat(paste(c(model, case, sprintf("%.17g", c(estimate, se))), collapse = ","), "\n", sep = "")
cat("model,case,estimate,std_error\n")

penalised <- function(b, x, y, w) {
  eta <- as.numeric(x %*% b); mu <- plogis(eta)
  information <- crossprod(x, w * mu * (1 - mu) * x)
  sum(w * (y * eta - log1p(exp(eta)))) + as.numeric(determinant(information)$modulus) / 2
}
firth <- function(x, y, weights, offset = 0, full = x, held = NULL) {
  w <- weights / mean(weights)
  b <- rep(0, ncol(x)); step <- 1
  for (i in 1:2000) {
    mu <- plogis(as.numeric(x %*% b) + offset)
    v <- w * mu * (1 - mu)
    h <- rowSums((full %*% solve(crossprod(full, v * full))) * full) * v  # leverages, weights in them
    # The penalised score is sum x (w (y - mu) + h (1/2 - mu)): a fit to w + h trials with w y + h / 2 events.
    trials <- w + h
    new <- suppressWarnings(glm.fit(x, (w * y + h / 2) / trials, weights = trials, offset = rep_len(offset, length(y)),
      family = quasibinomial(), start = b, control = glm.control(epsilon = 1e-15, maxit = 50)))$coefficients
    step <- max(abs(new - b)); b <- new
    if (step < 1e-13) break
  }
  b
}
model <- function(name, data) {
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = data)
  x <- model.matrix(poor ~ education + size + age, data); y <- data$poor
  b <- firth(x, y, data$weight); w <- data$weight / mean(data$weight)
  best <- optim(b * 0.9, function(b) -penalised(b, x, y, w), method = "BFGS", 
                control = list(reltol = 1e-15, maxit = 5000, parscale = 1 / pmax(1, apply(x, 2, sd))))
  stopifnot(abs(-best$value - penalised(b, x, y, w)) < 1e-7)
  # Central differences in the weight of each record; the mean of all weights moves with it.
  step <- 1e-3 * mean(data$weight)
  influence <- t(sapply(seq_along(y), function(i) {
    more <- less <- data$weight; more[i] <- more[i] + step; less[i] <- less[i] - step
    (firth(x, y, more) - firth(x, y, less)) / (2 * step)
  }))
  v <- vcov(svytotal(influence, design))
  out(name, "value", penalised(b, x, y, w))
  for (i in seq_along(b)) out(name, paste0("firth:", colnames(x)[i]), b[[i]], sqrt(v[i, i]))
  # The profile of the first coefficient of education, one logit to either side of the maximum.
  for (move in c(-1, 1)) {
    k <- 2; at <- b[k] + move
    rest <- firth(x[, -k], y, data$weight, offset = x[, k] * at, full = x)
    out(name, paste0("profile:", colnames(x)[k], ":", move), penalised(append(rest, at, k - 1), x, y, w))
  }
}
model("whole", d)
model("few", d[seq(1, nrow(d), 3), ])
separated <- d; separated$poor[separated$education == "below_sd"] <- 0
model("separated", separated)
