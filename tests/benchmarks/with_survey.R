# The jobs as R survey does them: Rscript with_survey.R JOB FOLDER. The tables come as CSV. The Gini coefficient and the marginal
# effects, which survey does not have, are linearised here and given to svytotal.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
job <- arguments[1]; folder <- arguments[2]; 
line <- if (job %in% c("logit", "effects")) 1000000 else 500000
read <- function(table) {
  frame <- read.csv(file.path(folder, paste0(table, ".csv")), stringsAsFactors = TRUE)
  frame$poor <- as.numeric(frame$expenditure_person_month < line)
  frame
}
design_of <- function(frame) svydesign(~psu, strata = ~stratum, weights = ~weight_person, data = frame)
both <- function(found) as.vector(rbind(100 * coef(found), 100 * SE(found)))
data <- switch(job, logit = , effects = read("households"), change = list(read("before"), read("households")), read("persons"))
if (job == "fgt") {
  data$gap <- pmax(line - data$expenditure_person_month, 0) / line
  data$gap2 <- data$gap^2
}
if (job %in% c("logit", "effects")) {
  data <- transform(data, head_education = relevel(head_education, "sma_plus"), log_size = log(size), female = head_sex == "female",
                    idle = head_work %in% "not_working", rural = !(urban %in% c("true", "TRUE")))
}
fitted <- function(design) svyglm(poor ~ head_education + log_size + female + idle + rural + dependency + head_age, design,
                                  family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 50))
jobs <- list(
  fgt = function() both(svymean(~poor + gap + gap2, design_of(data))),
  areas = function() {
    found <- svyby(~poor, ~area, design_of(data), svymean)
    c(100 * coef(found), 100 * SE(found))
  },
  education = function() {
    of_poor <- subset(design_of(data), poor == 1 & adult %in% c("true", "TRUE"))
    both(svymean(~education, of_poor))
  },
  logit = function() {
    fit <- fitted(design_of(data))
    c(coef(fit), SE(fit))
  },
  effects = function() {
    design <- design_of(data)
    b <- coef(fitted(design))
    x <- model.matrix(poor ~ head_education + log_size + female + idle + rural + dependency + head_age, data)
    w <- data$weight_person; p <- plogis(as.vector(x %*% b))
    influence <- (x * (data$poor - p)) %*% solve(crossprod(x, x * (w * p * (1 - p))))
    effect <- function(value, slope) {
      mean <- sum(w * value) / sum(w)
      list(mean, as.vector(influence %*% slope) + (value - mean) / sum(w))
    }
    one <- function(k) {
      if (k %in% c(4, 8, 9)) {                      # slopes of log_size, dependency, head_age
        slope <- b[k] * colSums(w * p * (1 - p) * (1 - 2 * p) * x) / sum(w)
        slope[k] <- slope[k] + sum(w * p * (1 - p)) / sum(w)
        return(effect(b[k] * p * (1 - p), slope))
      }
      on <- off <- x
      on[, if (k %in% 2:3) 2:3 else k] <- off[, if (k %in% 2:3) 2:3 else k] <- 0
      on[, k] <- 1
      q <- plogis(as.vector(on %*% b)); r <- plogis(as.vector(off %*% b))
      effect(q - r, (colSums(w * q * (1 - q) * on) - colSums(w * r * (1 - r) * off)) / sum(w))
    }
    found <- lapply(2:9, one)
    influences <- sapply(found, `[[`, 2)
    as.vector(rbind(sapply(found, `[[`, 1), SE(svytotal(influences, design))))
  },
  gini = function() {
    y <- data$expenditure_person_month; w <- data$weight_person; o <- order(y); N <- sum(w); Y <- sum(w * y)
    reached <- spent <- numeric(length(y))
    reached[o] <- cumsum(w[o]); spent[o] <- cumsum((w * y)[o])
    value <- 1 - sum(w * (2 * spent - w * y)) / (N * Y)
    data$u <- 2 * (y * (reached - w / 2) + Y - spent + w * y / 2) / (N * Y) - (value + 1) * (1 / N + y / Y)
    c(value, SE(svytotal(~u, design_of(data))))
  },
  change = function() {
    found <- lapply(data, function(frame) svymean(~poor, design_of(frame)))
    c(100 * (coef(found[[2]]) - coef(found[[1]])), 100 * sqrt(SE(found[[1]])^2 + SE(found[[2]])^2))
  },
  replicates = function() {
    set.seed(1)
    both(svymean(~poor, as.svrepdesign(design_of(data), type = "subbootstrap", replicates = 500)))
  }
)
if (is.null(jobs[[job]])) {
  cat("null\n")
} else {
  seconds <- c(); processor <- c()
  while (length(seconds) < 3 && (length(seconds) == 0 || seconds[1] < 3)) {
    start <- proc.time()
    numbers <- jobs[[job]]()
    used <- proc.time() - start
    seconds <- c(seconds, used[["elapsed"]])
    processor <- c(processor, used[["user.self"]] + used[["sys.self"]])
  }
  cat(sprintf('{"seconds": %.4f, "processor": %.4f, "numbers": [%s]}\n', min(seconds), min(processor), paste(sprintf("%.17g", numbers), collapse = ", ")))
}
