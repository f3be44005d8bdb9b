# Replicate weights on sample.csv with R's survey package: JKn (mse and not, with and without fpc), BRR and Fay on the
# first two PSUs of each stratum, and weights given with the file. Writes CSV to standard output, 17 significant digits.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
d <- read.csv(file.path(dirname(script), "sample.csv"))
d$poor <- as.numeric(d$expenditure < 600000)

cat("case,estimate,std_error,df\n")
line <- function(case, s, design = NULL) {
  df <- if (is.null(design)) NA else degf(design)
  cat(paste(c(case, sprintf("%.17g", c(coef(s)[[1]], SE(s)[[1]])), df), collapse = ","), "\n", sep = "")
}
all_of <- function(name, design) {
  line(paste0(name, ":total"), svytotal(~expenditure, design), design)
  line(paste0(name, ":headcount"), svymean(~poor, design))
  line(paste0(name, ":food_share"), svyratio(~food, ~expenditure, design))
  for (e in c("below_sd", "sma_plus"))
    line(paste0(name, ":headcount:", e), svymean(~poor, subset(design, education == e)))
}

full <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
for (mse in c(FALSE, TRUE)) all_of(paste0("jackknife:", mse), as.svrepdesign(full, type = "JKn", mse = mse))
finite <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~psus, data = d)
all_of("jackknife_fpc:FALSE", as.svrepdesign(finite, type = "JKn", mse = FALSE))

# Two PSUs in each stratum, and the Hadamard matrix of Sylvester.
first_two <- unlist(lapply(split(d$psu, d$stratum), function(p) sort(unique(p))[1:2]))
pairs <- d[d$psu %in% first_two, ]
strata <- sort(unique(pairs$stratum))
h <- matrix(1)
while (ncol(h) <= length(strata)) h <- rbind(cbind(h, h), cbind(h, -h))
sign <- ifelse(pairs$psu %in% tapply(pairs$psu, pairs$stratum, min), 1, -1)
of_stratum <- h[match(pairs$stratum, strata) + 1, ]
for (fay in c(0, 0.3)) for (mse in c(FALSE, TRUE)) {
  factors <- 1 + (1 - fay) * sign * of_stratum
  design <- svrepdesign(data = pairs, repweights = factors, weights = ~weight, combined.weights = FALSE,
                        type = "Fay", rho = fay, mse = mse)
  all_of(paste0("balanced:", fay, ":", mse), design)
}

# Given with the file: 12 replicates whose factors follow from the number of the record, so that nobody draws them.
n <- seq_len(nrow(d))
given <- sapply(1:12, function(r) d$weight * (((n * 7 + r * r * 3) %% 5) / 2))
rscales <- rep(c(1, 0.5), 6)
for (mse in c(FALSE, TRUE)) {
  design <- svrepdesign(data = d, repweights = given, weights = ~weight, combined.weights = TRUE, type = "other",
                        scale = 1 / 11, rscales = rscales, mse = mse)
  all_of(paste0("given:", mse), design)
}
