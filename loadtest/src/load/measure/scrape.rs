//! Reading `/metrics`: plain text, a value a line.

use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(3);

/// One reading.
#[derive(Debug, Clone, Default)]
pub struct Scrape(String);

/// Reads it; `None` when nobody answers.
pub async fn fetch(http: &reqwest::Client, url: &str) -> Option<Scrape> {
    let answer = http.get(url).timeout(LIMIT).send().await.ok()?;
    answer.text().await.ok().map(Scrape)
}

impl Scrape {
    /// The sum of a metric's values over all its labels.
    #[must_use]
    pub fn sum(&self, name: &str) -> Option<f64> {
        let lines = self.0.lines().filter_map(|line| {
            let rest = line.strip_prefix(name)?;
            let value = match rest.strip_prefix('{') {
                Some(labelled) => labelled.rsplit_once('}')?.1,
                None => rest.strip_prefix(' ')?,
            };
            value.trim().parse::<f64>().ok()
        });
        lines.fold(None, |sum, value| Some(sum.unwrap_or(0.0) + value))
    }

    /// The value that has this label.
    #[must_use]
    pub fn labelled(&self, name: &str, label: &str) -> Option<f64> {
        self.0.lines().find_map(|line| {
            let (labels, value) = line.strip_prefix(name)?.strip_prefix('{')?.rsplit_once('}')?;
            labels.split(',').any(|one| one == label).then(|| value.trim().parse().ok())?
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Scrape;

    #[test]
    fn values_are_found_with_and_without_labels() {
        let scrape = Scrape(
            "# HELP depth of lanes\nimtt_lane_depth{side=\"gateway\"} 3\nimtt_lane_depth{side=\"api\"} 4\n\
             imtt_lane_depth_other 9\nprocess_cpu_seconds_total 1.5\n"
                .to_owned(),
        );
        assert_eq!(scrape.sum("imtt_lane_depth"), Some(7.0));
        assert_eq!(scrape.sum("process_cpu_seconds_total"), Some(1.5));
        assert_eq!(scrape.sum("nothing"), None);
        assert_eq!(scrape.labelled("imtt_lane_depth", "side=\"api\""), Some(4.0));
    }
}
