# Known answers on the shipped rounds, from the official files to the model, with base R and the survey package alone.
# Writes CSV to standard output: year, case, estimate, std_error, low, high, with 17 significant digits.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
raw <- file.path(dirname(script), "../../../data/raw")

# What moved between the rounds: household key, diploma and its bands, first column of the work block.
moved <- list(
  `2018` = list(key = "URUT", diploma = "R615", none = c(0, 1), basic = 2:9, work = "R801_A", absent = "R803", status = "R805"),
  `2019` = list(key = "RENUM", diploma = "R615", none = c(0, 1), basic = 2:9, work = "R701_A", absent = "R703", status = "R705"),
  `2020` = list(key = "RENUM", diploma = "R615", none = c(0, 22), basic = 1:8, work = "R702_A", absent = "R704", status = "R706"),
  `2021` = list(key = "RENUM", diploma = "R615", none = c(0, 22), basic = 1:8, work = "R702_A", absent = "R704", status = "R706"),
  `2022` = list(key = "URUT", diploma = "R614", none = c(0, 25), basic = 1:10, work = "R702_A", absent = "R704", status = "R706"))
bands <- c("below_sd", "sd_smp", "sma_plus")

line_of <- function(year) {
  text <- readLines(file.path(raw, "poverty_lines.yaml"))
  text <- text[seq(grep('"6471":', text, fixed = TRUE), length(text))]
  as.numeric(sub(".*value: ([0-9.]+).*", "\\1", grep(paste0("^ *", year, ":"), text, value = TRUE)[1]))
}

read_round <- function(year) {
  m <- moved[[as.character(year)]]
  folder <- file.path(raw, "susenas", paste0(year, "-03"))
  file <- function(pattern) read.csv(list.files(folder, pattern, full.names = TRUE))
  person <- file("^kor.*ind"); spending <- file("43")
  # 2018 calls the serial of the block WI; without PSU and STRATA both are rebuilt from region and serial.
  serial <- if (year == 2018) person$WI else person$WI1
  person$psu <- if (is.null(person$PSU)) 647100000 + serial else person$PSU
  person$stratum <- if (is.null(person$STRATA)) 64710 + person$R105 else person$STRATA
  person$key <- person[[m$key]]; spending$key <- spending[[m$key]]
  d <- merge(person, spending[c("key", "R301", "FOOD", "EXPEND", "WERT", "WEIND")], by = "key")
  z <- line_of(year)
  d$welfare <- d$EXPEND / d$R301
  d$food <- d$FOOD / d$R301
  d$poor <- as.numeric(d$welfare < z)
  d$gap <- d$poor * (z - d$welfare) / z
  d$gap2 <- d$gap^2
  d$adult <- d$R407 >= 15
  d$education <- factor(ifelse(d[[m$diploma]] %in% m$none, bands[1], ifelse(d[[m$diploma]] %in% m$basic, bands[2], bands[3])), bands)
  working <- trimws(d[[m$work]]) == "A" | d[[m$absent]] == 1
  d$work <- factor(ifelse(!working, "not_working", ifelse(d[[m$status]] %in% 3:4, "formal", "informal")), c("not_working", "informal", "formal"))
  d$dependent <- d$R407 < 15 | d$R407 >= 65
  d$year <- year
  d[order(d$key, d$R401), ]
}

out <- function(year, case, estimate, se, low = NA, high = NA)
  cat(year, ",", case, ",", paste(sprintf("%.17g", c(estimate, se, low, high)), collapse = ","), "\n", sep = "")
cat("year,case,estimate,std_error,low,high\n")
one <- function(year, case, s) out(year, case, coef(s)[[1]], SE(s)[[1]])

rounds <- lapply(2018:2022, read_round)
names(rounds) <- 2018:2022
for (year in 2018:2022) {
  design <- svydesign(id = ~psu, strata = ~stratum, weights = ~FWT, data = rounds[[as.character(year)]])
  one(year, "population", svytotal(~I(poor * 0 + 1), design))
  one(year, "poor_count", svytotal(~poor, design))
  one(year, "headcount", svymean(~poor, design))
  one(year, "poverty_gap", svymean(~gap, design))
  one(year, "severity", svymean(~gap2, design))
  ci <- svyciprop(~poor, design, method = "beta", df = degf(design))
  out(year, "headcount_interval", coef(ci)[[1]], SE(ci)[[1]], attr(ci, "ci")[[1]], attr(ci, "ci")[[2]])
  for (group in c("poor", "non-poor", "all")) {
    inside <- switch(group, poor = subset(design, poor == 1), `non-poor` = subset(design, poor == 0), all = design)
    r <- svyratio(~food, ~welfare, inside)
    out(year, paste0("food_share:", group), coef(r)[[1]], sqrt(vcov(r)[1, 1]))
    adults <- subset(inside, adult)
    s <- svymean(~education, adults)
    for (i in 1:3) out(year, paste0("education:", group, ":", bands[i]), coef(s)[[i]], SE(s)[[i]])
    s <- svymean(~work, adults)
    for (i in 1:3) out(year, paste0("work:", group, ":", levels(rounds[[1]]$work)[i]), coef(s)[[i]], SE(s)[[i]])
  }
  by_size <- svyby(~poor, ~R301, subset(design, R301 %in% 2:6), svymean)
  for (i in 1:5) out(year, paste0("headcount:size=", i + 1), coef(by_size)[[i]], SE(by_size)[[i]])
}

# Two rounds are strata of one design that share no PSU, so that the contrast has the error of the change.
both <- do.call(rbind, lapply(rounds[c("2021", "2022")], function(d) d[c("year", "psu", "stratum", "FWT", "poor", "gap", "gap2")]))
stacked <- svydesign(id = ~I(paste(year, psu)), strata = ~I(paste(year, stratum)), weights = ~FWT, data = both)
for (s in c(poor = "headcount", gap = "poverty_gap", gap2 = "severity")) {
  column <- c(headcount = "poor", poverty_gap = "gap", severity = "gap2")[[s]]
  one(2022, paste0("change:", s), svycontrast(svyby(reformulate(column), ~year, stacked, svymean, covmat = TRUE), c(-1, 1)))
}
one(2022, "change:poor_count", svycontrast(svyby(~poor, ~year, stacked, svytotal, covmat = TRUE), c(-1, 1)))

# The pooled logit on households. svyglm's own standard errors use the weights of the last but one iteration; here the
# sandwich is taken at the final fit.
household <- function(d) {
  head <- d[d$R403 == 1, ]
  dependency <- tapply(d$dependent, d$key, mean)
  data.frame(year = head$year, psu = paste(head$year, head$psu), stratum = paste(head$year, head$stratum),
             weight = head$WEIND, poor = head$poor, education = relevel(head$education, "sma_plus"),
             log_size = log(head$R301), dependency = as.numeric(dependency[as.character(head$key)]),
             idle = as.numeric(head$work == "not_working"))
}
pooled <- do.call(rbind, lapply(rounds, household))
design <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = pooled)
fit <- svyglm(poor ~ education + log_size + dependency + idle + factor(year), design, family = quasibinomial(),
              control = glm.control(epsilon = 1e-14, maxit = 100))
b <- coef(fit)
x <- model.matrix(fit); mu <- as.numeric(plogis(x %*% b)); w <- pooled$weight
bread <- solve(crossprod(x, w * mu * (1 - mu) * x))
influence <- (x * (pooled$poor - mu)) %*% bread
v <- vcov(svytotal(influence, design))
for (i in seq_along(b)) out("pooled", paste0("logit:", names(b)[i]), b[[i]], sqrt(v[i, i]))
for (i in seq_along(b)) out("pooled", paste0("svyglm:", names(b)[i]), b[[i]], SE(fit)[[i]])

# Average marginal effects: everybody of one education against everybody of senior secondary and above.
effect <- function(case, x1, x0) {
  p1 <- as.numeric(plogis(x1 %*% b)); p0 <- as.numeric(plogis(x0 %*% b))
  m <- p1 - p0; average <- sum(w * m) / sum(w)
  gradient <- colSums(w * (p1 * (1 - p1) * x1 - p0 * (1 - p0) * x0)) / sum(w)
  fixed <- influence %*% gradient
  random <- fixed + (m - average) / sum(w)
  out("pooled", paste0("ame:", case, ":random"), average, SE(svytotal(random, design))[[1]])
  out("pooled", paste0("ame:", case, ":fixed"), average, SE(svytotal(fixed, design))[[1]])
}
set <- function(x, ...) { for (n in names(list(...))) x[, n] <- list(...)[[n]]; x }
base <- set(x, educationbelow_sd = 0, educationsd_smp = 0)
effect("below_sd", set(base, educationbelow_sd = 1), base)
effect("sd_smp", set(base, educationsd_smp = 1), base)
effect("idle", set(x, idle = 1), set(x, idle = 0))
