# Known answers for inequality, quantiles and poverty indices: on ../survey/sample.csv, in the whole sample and by education, and on
# the persons of the shipped rounds of 2021 and 2022.
# Writes CSV to standard output: case, estimate, std_error, low, high. Quantiles and functions of totals come from survey,
# the trapezoid Gini and the quintile ratio also from laeken; the linearisations of Gini, Lorenz ordinates and quintile ratio
# are those that convey and vardpoor document (Osier 2009; Kovacevic and Binder 1997), written out here as double sums.
suppressMessages({library(survey); library(laeken)})
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
prepared <- function(d, z) {
  d$one <- 1
  d$logy <- log(d$y)
  d$ylogy <- d$y * d$logy
  d$y2 <- d$y^2
  d$root <- sqrt(d$y)
  d$inverse <- 1 / d$y
  d$poor <- as.numeric(d$y < z)
  d$gap <- d$poor * (z - d$y) / z
  d$watts <- ifelse(d$poor == 1, log(z / d$y), 0)
  d
}
z <- 600000
d <- read.csv(file.path(dirname(script), "..", "survey", "sample.csv"))
d <- prepared(transform(d, y = expenditure), z)
for (e in c("below_sd", "sd_smp", "sma_plus")) {
  d[[paste0("n_", e)]] <- as.numeric(d$education == e)
  d[[paste0("y_", e)]] <- d$y * (d$education == e)
}
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)

cat("case,estimate,std_error,low,high\n")
out <- function(case, estimate, se, low = NA, high = NA)
  cat(paste(c(case, sprintf("%.17g", c(estimate, se, low, high))), collapse = ","), "\n", sep = "")

# Standard error of a statistic from its linearised variable, zero outside the domain.
se_of <- function(u, inside) {
  full <- numeric(nrow(d))
  full[inside] <- u
  SE(svytotal(~full, update(design, full = full)))[[1]]
}

gini <- function(y, w) { # value and linearised variable; the plug-in form
  N <- sum(w); Y <- sum(w * y)
  place <- order(order(y, w))                     # one after the other, as convey adds them: equal ones by weight
  upto <- outer(place, place, ">=")               # [i, j]: j stands at or before i
  reached <- as.vector(upto %*% w)                # r_i
  T1 <- sum(w * y * reached)
  slope <- y * reached + as.vector(t(upto) %*% (w * y))
  value <- (2 * T1 - Y) / (N * Y) - 1
  list(value = value, lin = (2 * slope - y) / (N * Y) - (value + 1) * (y / Y + 1 / N))
}
trapezoid <- function(y, w) {
  g <- gini(y, w)
  N <- sum(w); Y <- sum(w * y)
  value <- g$value + (Y - sum(w^2 * y)) / (N * Y)
  # d/dw of (Y - sum w^2 y) / (N Y)
  moved <- (y - 2 * w * y) / (N * Y) - (Y - sum(w^2 * y)) / (N * Y) * (y / Y + 1 / N)
  list(value = value, lin = g$lin + moved)
}
bandwidth <- function(y, w) sqrt(sum(w * (y - sum(w * y) / sum(w))^2) / sum(w)) / sum(w)^0.2
around <- function(at, y, w, amount) sum(amount * dnorm((at - y) / bandwidth(y, w))) / bandwidth(y, w)
quantile_of <- function(y, w, p) min(y[sapply(y, function(v) sum(w[y <= v])) / sum(w) >= p - 1e-12])
up_to <- function(y, w, p) {                      # spending up to a quantile
  q <- quantile_of(y, w, p)
  moved <- around(q, y, w, w * y) / around(q, y, w, w)
  list(value = sum((w * y)[y <= q]), lin = y * (y <= q) - moved * ((y <= q) - p))
}
lorenz <- function(y, w, p) {
  o <- order(y); N <- sum(w); Y <- sum(w * y)
  before <- cumsum(w[o]) - w[o]
  part <- pmin(pmax((p * N - before) / w[o], 0), 1)
  k <- max(which(part > 0))
  last <- if (k > 1) y[o][k - 1] else y[o][1]
  q <- last + (y[o][k] - last) * part[k]
  value <- sum(part * (w * y)[o]) / Y
  list(value = value, lin = ((y - q) * (y <= q) + p * q - y * value) / Y)
}
tip <- function(y, w, p) {
  o <- order(y); N <- sum(w); g <- pmax(z - y, 0) / z
  part <- pmin(pmax((p * N - (cumsum(w[o]) - w[o])) / w[o], 0), 1)
  edge <- g[o][max(which(part > 0))]
  value <- sum(part * (w * g)[o]) / N
  list(value = value, lin = ((g - edge) * (g > edge) + p * edge - value) / N)
}

measures <- function(name, inside) {
  sub <- subset(design, inside)
  y <- d$y[inside]; w <- d$weight[inside]
  case <- function(statistic) paste0(name, ":", statistic)
  lin <- function(statistic, s) out(case(statistic), s$value, se_of(s$lin, inside))
  delta <- function(statistic, totals, expression) {
    s <- svycontrast(svytotal(totals, sub), expression)
    out(case(statistic), coef(s)[[1]], SE(s)[[1]])
  }

  lin("gini", gini(y, w))
  lin("gini:trapezoid", trapezoid(y, w))
  out(case("gini:laeken"), laeken::gini(y, weights = w)$value / 100, NA)
  out(case("quintile_ratio:laeken"), laeken::qsr(y, weights = w)$value, NA)
  low <- up_to(y, w, 0.2); high <- up_to(y, w, 0.8)
  rich <- sum(w * y) - high$value
  lin("quintile_ratio", list(value = rich / low$value, lin = (y - high$lin) / low$value - rich / low$value^2 * low$lin))
  for (p in c(0.1, 0.4, 0.8)) lin(paste0("lorenz:", p), lorenz(y, w, p))
  for (p in c(0.05, 0.2, 1)) lin(paste0("tip:", p), tip(y, w, p))

  for (p in c(0.1, 0.25, 0.5, 0.9)) {
    for (m in c("beta", "xlogit", "mean")) {
      q <- svyquantile(~y, sub, p, interval.type = m)$y
      out(case(paste0("quantile:", p, ":", m)), q[1, "quantile"], q[1, "se"], q[1, 2], q[1, 3])
    }
    q <- quantile_of(y, w, p)
    lin(paste0("quantile:", p, ":density"), list(value = q, lin = -((y <= q) - p) / around(q, y, w, w)))
  }
  q <- svyquantile(~y, sub, 0.5, alpha = 0.1, interval.type = "beta")$y
  out(case("quantile:0.5:level90"), q[1, "quantile"], q[1, "se"], q[1, 2], q[1, 3])

  delta("theil", ~one + y + ylogy, quote(ylogy / y - log(y / one)))
  delta("mean_log_deviation", ~one + y + logy, quote(log(y / one) - logy / one))
  delta("generalised_entropy:2", ~one + y + y2, quote((one * y2 / y^2 - 1) / 2))
  delta("atkinson:0.5", ~one + y + root, quote(1 - root^2 / (one * y)))
  delta("atkinson:1", ~one + y + logy, quote(1 - exp(logy / one) / (y / one)))
  delta("atkinson:2", ~one + y + inverse, quote(1 - (one / inverse) / (y / one)))
  s <- svymean(~watts, sub)
  out(case("watts"), coef(s)[[1]], SE(s)[[1]])

  # Sen and Sen-Shorrocks-Thon by the product rule from their parts.
  N <- sum(w)
  fraction <- function(term) list(value = sum(w * term) / N, lin = (term - sum(w * term) / N) / N)
  p0 <- fraction(d$poor[inside]); p1 <- fraction(d$gap[inside])
  among <- d$poor[inside] == 1
  g <- gini(y[among], w[among])
  g_lin <- numeric(length(y)); g_lin[among] <- g$lin
  lin("sen", list(value = p0$value * g$value + p1$value * (1 - g$value),
                  lin = g$value * p0$lin + (1 - g$value) * p1$lin + (p0$value - p1$value) * g_lin))
  # Of equal gaps (zeros) the order does not matter to value or linearised variable.
  gap <- d$gap[inside]; o <- order(gap); r <- cumsum(w[o]); G <- sum(w * gap)
  value <- (2 * sum(r * (w * gap)[o]) - G) / (N * G) - 1
  slope <- numeric(length(y))
  slope[o] <- gap[o] * r + G - cumsum((w * gap)[o]) + (w * gap)[o]
  g_lin <- (2 * slope - gap) / (N * G) - (value + 1) * (gap / G + 1 / N)
  lin("sen_shorrocks_thon", list(value = p1$value * (1 + value), lin = p1$lin * (1 + value) + p1$value * g_lin))
}

measures("all", rep(TRUE, nrow(d)))
for (e in c("below_sd", "sd_smp", "sma_plus")) measures(e, d$education == e)

# Inequality between and within the groups of education, as functions of totals.
groups <- ~one + y + ylogy + logy + n_below_sd + n_sd_smp + n_sma_plus + y_below_sd + y_sd_smp + y_sma_plus
totals <- svytotal(groups, design)
between1 <- quote(y_below_sd / y * log((y_below_sd / n_below_sd) / (y / one)) + y_sd_smp / y * log((y_sd_smp / n_sd_smp) / (y / one)) +
  y_sma_plus / y * log((y_sma_plus / n_sma_plus) / (y / one)))
between0 <- quote(n_below_sd / one * log((y / one) / (y_below_sd / n_below_sd)) + n_sd_smp / one * log((y / one) / (y_sd_smp / n_sd_smp)) +
  n_sma_plus / one * log((y / one) / (y_sma_plus / n_sma_plus)))
total1 <- quote(ylogy / y - log(y / one)); total0 <- quote(log(y / one) - logy / one)
parts <- list(theil = list(total1, between1), mean_log_deviation = list(total0, between0))
for (name in names(parts)) {
  total <- parts[[name]][[1]]; between <- parts[[name]][[2]]
  for (part in list(list("between", between), list("within", call("-", total, call("(", between))),
                    list("between_share", call("/", call("(", between), call("(", total))))) {
    s <- svycontrast(totals, part[[2]])
    out(paste0("decomposition:", name, ":", part[[1]]), coef(s)[[1]], SE(s)[[1]])
  }
}

# Joint covariance of the headcount at three lines.
for (i in 1:3) d[[paste0("below", i)]] <- as.numeric(d$y < c(0.8, 1, 1.5)[i] * z)
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
V <- vcov(svymean(~below1 + below2 + below3, design))
for (i in 1:3) for (j in 1:3) out(paste0("curve:", i, j), V[i, j], NA)

# Persons of the shipped rounds, from the official files and the printed lines.
raw <- file.path(dirname(script), "../../../data/raw")
keys <- c(`2021` = "RENUM", `2022` = "URUT")
for (year in names(keys)) {
  folder <- file.path(raw, "susenas", paste0(year, "-03"))
  file <- function(pattern) read.csv(list.files(folder, pattern, full.names = TRUE))
  d <- merge(file("^kor.*ind"), file("43")[c(keys[[year]], "R301", "EXPEND")], by = keys[[year]])
  lines <- readLines(file.path(raw, "poverty_lines.yaml"))
  lines <- lines[seq(grep('"6471":', lines, fixed = TRUE), length(lines))]
  z <- as.numeric(sub(".*value: ([0-9.]+).*", "\\1", grep(paste0("^ *", year, ":"), lines, value = TRUE)[1]))
  d <- prepared(transform(d, y = EXPEND / R301, weight = FWT), z)
  design <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~weight, data = d)
  measures(year, rep(TRUE, nrow(d)))
}
