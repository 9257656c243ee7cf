# Run by benchmarks/trial_stats.py: pROC's figures and fastest times, as JSON.
suppressMessages({library(pROC); library(jsonlite)})
given <- commandArgs(trailingOnly = TRUE)
data <- fromJSON(given[1]); repeats <- as.integer(given[2]); resamples <- as.integer(given[3])
build <- function(scores) roc(data$labels, scores, levels = c(0, 1), direction = "<", quiet = TRUE)
measure <- function(work, times = repeats) {
  figures <- work()
  ms <- sapply(seq_len(times), function(i) system.time(work(), gcFirst = FALSE)[["elapsed"]] * 1000)
  batch <- if (min(ms) < 20) { # the clock ticks in milliseconds: time many together
    n <- 20; system.time(for (i in seq_len(n)) work(), gcFirst = FALSE)[["elapsed"]] * 1000 / n
  } else min(ms)
  list(figures = as.numeric(figures), ms = batch)
}
best <- function(curve) unlist(coords(curve, "best", best.method = "youden", transpose = FALSE,
                                      ret = c("sensitivity", "specificity"))[1, ])
found <- list(
  area = measure(function() { ci <- ci.auc(build(data$a), method = "delong"); ci[c(2, 1, 3)] }),
  two_areas = measure(function() {
    test <- roc.test(build(data$a), build(data$b), method = "delong", paired = TRUE)
    c(test$statistic, test$p.value)
  }))
if (resamples > 0) found$threshold <- measure(function() {
  curve <- build(data$a)
  ci.coords(curve, "best", best.method = "youden", best.policy = "random", boot.n = resamples, progress = "none",
            ret = c("sensitivity", "specificity"))
  best(curve)
}, 1)
cat(toJSON(found, digits = 15, auto_unbox = TRUE))
