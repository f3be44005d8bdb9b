# Percents and design-based standard errors of records that plain_profile.py writes to the folder named: of each unit the
# classes (columns c0, c1, ...) and the ratios (n0 over d0, ...), among the poor, the others, all. Writes CSV to standard
# output, with 17 significant digits.
suppressMessages(library(survey))
folder <- commandArgs(TRUE)[1]
cat("unit,asked,row,column,percent,error\n")
for (unit in c("persons", "households", "people")) {
  d <- read.csv(file.path(folder, paste0(unit, ".csv")))
  design <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~weight, data = d)
  columns <- list(poor = d$status == "poor", non_poor = d$status != "poor", all = TRUE)
  out <- function(asked, rows, column, percent, error) cat(sprintf("%s,%s,%s,%s,%.17g,%.17g\n",
    unit, asked, rows, column, 100 * percent, 100 * error), sep = "")
  for (k in names(columns)) {
    for (asked in grep("^c[0-9]+$", names(d), value = TRUE)) {
      told <- !is.na(d[[asked]]) & d[[asked]] != ""
      part <- design[told & columns[[k]], ]
      if (nrow(part) == 0) next
      rows <- sort(unique(d[[asked]][told]))
      shares <- svymean(outer(part$variables[[asked]], rows, "==") * 1, part)
      out(asked, rows, k, coef(shares), SE(shares))
    }
    for (asked in grep("^n[0-9]+$", names(d), value = TRUE)) {
      below <- sub("n", "d", asked)
      share <- svyratio(reformulate(asked), reformulate(below), design[columns[[k]] & TRUE[rep(1, nrow(d))], ])
      out(asked, "", k, coef(share), SE(share))
    }
  }
}
