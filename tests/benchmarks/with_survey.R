# The jobs as R survey does them: Rscript with_survey.R JOB FOLDER. The tables come as CSV.
suppressPackageStartupMessages(library(survey))
arguments <- commandArgs(trailingOnly = TRUE)
job <- arguments[1]; folder <- arguments[2]; line <- 500000
read <- function(table) {
  frame <- read.csv(file.path(folder, paste0(table, ".csv")), stringsAsFactors = TRUE)
  frame$poor <- as.numeric(frame$expenditure_person_month < line)
  frame
}
design_of <- function(frame) svydesign(~psu, strata = ~stratum, weights = ~weight_person, data = frame)
both <- function(found) as.vector(rbind(100 * coef(found), 100 * SE(found)))
data <- switch(job, logit = read("households"), change = list(read("before"), read("households")), read("persons"))
if (job == "fgt") {
  data$gap <- pmax(line - data$expenditure_person_month, 0) / line
  data$gap2 <- data$gap^2
}
if (job == "logit") {
  data <- transform(data, head_education = relevel(head_education, "sma_plus"), log_size = log(size), female = head_sex == "female",
                    idle = head_work == "not_working", rural = !(urban %in% c("true", "TRUE")))
}
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
    fit <- svyglm(poor ~ head_education + log_size + female + idle + rural + dependency + head_age, design_of(data),
                  family = quasibinomial(), control = glm.control(epsilon = 1e-14, maxit = 50))
    c(coef(fit), SE(fit))
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
