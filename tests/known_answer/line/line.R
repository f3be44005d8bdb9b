# Known answers for the rebuilt poverty line, from the official files of 2021 and 2022, with base R and the survey package
# alone. Writes CSV to standard output: year, case, estimate, std_error, with 17 significant digits. The cases "fixed"
# take the reference population as given, so that errors are those of svytotal and svycontrast; the cases "estimated" add
# what the estimated upper bound moves.
suppressMessages(library(survey))
# Rscript writes a space in its own path as ~+~.
script <- gsub("~+~", " ", sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)), fixed = TRUE)
root <- file.path(dirname(script), "../../..")
raw <- file.path(root, "data/raw")
microdata <- file.path(root, "src/bpsstats/microdata/lists")
key <- c(`2021` = "RENUM", `2022` = "URUT")
list_of <- c(`2021` = "list_188", `2022` = "list_197")

# The value of a year below the area's key, in one of the project's files of parameters.
parameter <- function(path, section, year) {
  text <- readLines(path)
  text <- text[seq(grep(section, text), length(text))]
  text <- text[seq(grep('"6471":', text, fixed = TRUE)[1], length(text))]
  as.numeric(sub(".*value: ([0-9.]+).*", "\\1", grep(paste0("^ *", year, ":"), text, value = TRUE)[1]))
}
line_before <- function(year) parameter(file.path(raw, "poverty_lines.yaml"), "^lines:", year - 1)
inflation <- function(year) parameter(file.path(raw, "inflation.yaml"), "^inflation:", year)

# Codes of the basket, one row each, with the ratios of urban and rural areas.
basket <- local({
  text <- grep("^ *- \\{en:", readLines(file.path(microdata, "basket.yaml")), value = TRUE)
  codes <- strsplit(sub(".*codes: \\[([0-9, ]+)\\].*", "\\1", text), ", *")
  ratio <- function(name) ifelse(grepl(paste0(name, ":"), text), sub(paste0(".*", name, ": ([0-9.]+).*"), "\\1", text), "1")
  of <- rep(seq_along(text), lengths(codes))
  data.frame(code = as.numeric(unlist(codes)), food = !grepl("urban:", text)[of],
             urban = as.numeric(ratio("urban"))[of], rural = as.numeric(ratio("rural"))[of])
})
commodities <- read.csv(file.path(microdata, "commodities.csv"))

read_round <- function(year) {
  y <- as.character(year)
  folder <- file.path(raw, "susenas", paste0(year, "-03"))
  file <- function(pattern) read.csv(list.files(folder, pattern, full.names = TRUE))
  food <- file("41"); other <- file("42"); h <- file("43")
  known <- commodities[commodities$level %in% c("item", "value"), ]
  code <- function(d) known$list_197[match(d$KODE, known[[list_of[[y]]]])]
  food <- data.frame(key = food[[key[[y]]]], code = code(food), value = food$B41K10 * 30 / 7, calories = food$KALORI / 7)
  other <- data.frame(key = other[[key[[y]]]], code = code(other), value = other$B42K4 + other$B42K5 / 12)
  h$key <- h[[key[[y]]]]
  kind <- ifelse(h$R105 == 1, "urban", "rural")
  sum_of <- function(d, amount) {
    sums <- tapply(amount, factor(d$key, h$key), sum)
    as.vector(ifelse(is.na(sums), 0, sums)) / h$R301
  }
  inside <- food[food$code %in% basket$code[basket$food], ]
  h$value <- sum_of(inside, inside$value)
  h$calories <- sum_of(inside, inside$calories)
  inside <- other[other$code %in% basket$code[!basket$food], ]
  at <- match(inside$code, basket$code)
  ratio <- ifelse(kind[match(inside$key, h$key)] == "urban", basket$urban[at], basket$rural[at])
  h$minimum <- sum_of(inside, ratio * inside$value)
  h$welfare <- h$EXPEND / h$R301
  h
}

# How much of each household lies between two ranks of persons; no two households spend the same here.
between <- function(welfare, weight, low, high) {
  order_of <- order(welfare)
  stopifnot(!anyDuplicated(welfare))
  end <- cumsum(weight[order_of]) / sum(weight)
  start <- c(0, head(end, -1))
  part <- numeric(length(welfare))
  part[order_of] <- pmax(pmin(end, high) - pmax(start, low), 0) / (end - start)
  part
}

out <- function(year, case, estimate, se)
  cat(year, ",", case, ",", paste(sprintf("%.17g", c(estimate, se)), collapse = ","), "\n", sep = "")
cat("year,case,estimate,std_error\n")

for (year in c(2021, 2022)) {
  h <- read_round(year)
  temporary <- line_before(year) * (1 + inflation(year) / 100)
  low <- sum(h$WEIND[h$welfare < temporary]) / sum(h$WEIND)
  h$s <- between(h$welfare, h$WEIND, low, low + 0.2)
  out(year, "temporary", temporary, NA)
  design <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~WEIND, data = h)

  totals <- svytotal(~I(s * value) + I(s * calories) + I(s * minimum) + s, design)
  names(totals) <- c("value", "calories", "minimum", "persons")
  attr(totals, "var") <- structure(vcov(totals), dimnames = list(names(totals), names(totals)))
  fixed <- function(case, formula) {
    s <- svycontrast(totals, formula)
    out(year, paste0("fixed:", case), coef(s)[[1]], SE(s)[[1]])
  }
  fixed("line", quote(2100 * value / calories + minimum / persons))
  fixed("line:food", quote(2100 * value / calories))
  fixed("line:nonfood", quote(minimum / persons))

  # Who enters below the upper bound pushes out others there, of whom the tenth of all persons around it stands in.
  near <- between(h$welfare, h$WEIND, low + 0.15, low + 0.25) * h$WEIND
  u <- function(v) h$s * v + sum(near * v) / sum(near) * (0.2 - h$s)
  total <- function(v) sum(h$WEIND * h$s * v)
  V <- total(h$value); K <- total(h$calories); M <- total(h$minimum); N <- total(1)
  h$food <- 2100 * (u(h$value) - V / K * u(h$calories)) / K
  h$nonfood <- (u(h$minimum) - M / N * u(rep(1, nrow(h)))) / N
  h$line <- h$food + h$nonfood
  value <- c(line = 2100 * V / K + M / N, food = 2100 * V / K, nonfood = M / N)
  design <- svydesign(id = ~PSU, strata = ~STRATA, weights = ~WEIND, data = h)
  for (part in names(value)) {
    s <- svytotal(reformulate(part), design)
    out(year, paste0("estimated:", if (part == "line") "line" else paste0("line:", part)), value[[part]], SE(s)[[1]])
  }
}
