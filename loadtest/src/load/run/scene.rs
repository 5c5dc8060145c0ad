//! Playing a scenario: who takes part is made and connected, something happens and is measured, and what everybody has
//! in the end is compared with what was acknowledged.

use super::course::{Course, total};
use super::crew::Crew;
use super::happened::Happened;
use super::held::Held;
use super::meter::measure;
use super::plan::Plan;
use super::verdict::{Expected, faults};
use crate::load::measure::{Micros, micros};
use crate::load::options::{Options, Scenario};
use crate::load::report::{Figure, Outcome};
use crate::load::system::{People, System};
use crate::load::worker::{Acked, Counts, Order, Seen, Speech, Tell};
use anyhow::{Result, ensure};
use std::collections::BTreeMap;

/// Between an order and its beginning, so that all workers begin together.
const AHEAD: Micros = 300_000;
/// Connections that have just come are given time to be forgotten by who took them in.
const REST: Micros = 3_000_000;
/// After the last may have come back, the load goes on so long.
const AFTERWARDS: Micros = 3_000_000;

/// What has been said, and what is missing of it.
#[derive(Default)]
pub(super) struct Said {
    acked: BTreeMap<i64, Acked>,
    unanswered: u64,
    /// What was counted up to then.
    pub(super) counts: Counts,
}

impl Said {
    /// Adds what was said later.
    pub(super) fn add(&mut self, later: Self) {
        self.unanswered = later.unanswered;
        self.counts = later.counts;
        self.add_acked(later.acked);
    }

    fn add_acked(&mut self, acked: BTreeMap<i64, Acked>) {
        for (conversation, more) in acked {
            let sum = self.acked.entry(conversation).or_default();
            sum.to = more.to;
            sum.entries += more.entries;
            sum.head = sum.head.max(more.head);
            sum.digest = sum.digest.wrapping_add(more.digest);
        }
    }
}

/// Plays it.
///
/// # Errors
/// It could not be played to its end.
pub async fn play(
    scenario: Scenario,
    plan: &Plan,
    options: &Options,
    system: &System,
    say: &mut dyn FnMut(String),
) -> Result<Outcome> {
    let people = system.people(&plan.cast).await?;
    let mut crew = Crew::hire(plan, &people, options, system)?;
    let mut course = Course::begin(scenario.name(), crew.size(), say);
    course.say(&format!(
        "{} accounts, {} connections from {} workers",
        plan.cast.users,
        plan.seats.len(),
        crew.size()
    ));
    let before = Held::now(system).await;
    connect(&mut crew, &mut course, plan.seats.len()).await?;

    let mut stage = Stage { crew: &mut crew, course: &mut course, plan, people: &people, options, system };
    let (said, mut happened) = match scenario {
        Scenario::Idle => stage.idle(&before).await?,
        Scenario::Storm => stage.storm().await?,
        Scenario::Ingest => stage.talk(true).await?,
        Scenario::Scale => stage.scale().await?,
        Scenario::Direct | Scenario::Sparse | Scenario::Dense | Scenario::AllInOne => {
            stage.talk(false).await?
        }
    };
    let (seen, counts) = settle(&mut crew, &mut course, &said).await?;
    let expected = Expected::of(plan, &people);
    happened.faults.extend(faults(&expected, &said.acked, &seen, said.unanswered, &counts));
    happened.counts = counts;
    Ok(happened.told(scenario, plan, system, &course))
}

async fn connect(crew: &mut Crew, course: &mut Course<'_>, wanted: usize) -> Result<()> {
    crew.connect().await?;
    let told = crew.hear(course, |tell| match tell {
        Tell::Connected { connected, trouble } => Some((*connected, trouble.clone())),
        _ => None,
    });
    let told = told.await?;
    let connected: u64 = told.iter().map(|(connected, _)| connected).sum();
    let trouble = told.into_iter().find_map(|(_, trouble)| trouble).unwrap_or_default();
    ensure!(connected == wanted as u64, "{connected} of {wanted} connections came about: {trouble}");
    Ok(())
}

/// Waits until everybody has what was acknowledged, or will not have it.
async fn settle(crew: &mut Crew, course: &mut Course<'_>, said: &Said) -> Result<(Vec<Seen>, Counts)> {
    let heads = said.acked.iter().map(|(conversation, acked)| (*conversation, acked.head)).collect();
    crew.order(&Order::Settle { heads }).await?;
    let told = crew.hear(course, |tell| match tell {
        Tell::Settled { seen, counts } => Some((seen.clone(), (**counts).clone())),
        _ => None,
    });
    let (seen, counts): (Vec<Vec<Seen>>, Vec<Counts>) = told.await?.into_iter().unzip();
    Ok((seen.concat(), total(&counts)))
}

pub(super) struct Stage<'a, 'b> {
    pub(super) crew: &'a mut Crew,
    pub(super) course: &'a mut Course<'b>,
    pub(super) plan: &'a Plan,
    pub(super) people: &'a People,
    pub(super) options: &'a Options,
    pub(super) system: &'a System,
}

impl Stage<'_, '_> {
    /// From now on: the warm-up, and then what is measured.
    pub(super) fn speech(&self) -> Speech {
        let from = micros() + AHEAD;
        let measured = from + seconds(self.options.warm_up);
        Speech {
            from,
            measured,
            until: measured + seconds(self.options.seconds),
            ..self.plan.rhythm.speech()
        }
    }

    /// People talk, and it is measured.
    async fn talk(&mut self, looks: bool) -> Result<(Said, Happened)> {
        let speech = self.speech();
        self.crew.speak(speech).await?;
        let pids = self.crew.pids();
        let measuring = measure(self.system, &pids, speech.measured, speech.until, looks);
        let (said, used) = tokio::join!(said(self.crew, self.course), measuring);
        let mut figures = Vec::new();
        if looks {
            figures.push(Figure::new("most drafts waiting in lanes, gateways", used.depths[0], ""));
            figures.push(Figure::new("most drafts waiting in lanes, apis", used.depths[1], ""));
        }
        Ok((said?, Happened { used, figures, ..Happened::default() }))
    }

    /// Nobody says anything; in the end one message goes to each group, to see that everybody hears.
    async fn idle(&mut self, before: &Held) -> Result<(Said, Happened)> {
        let from = micros() + REST;
        self.crew.look_on(self.course, from).await?;
        let after = Held::now(self.system).await;
        let until = micros() + seconds(self.options.seconds);
        let pids = self.crew.pids();
        let measuring = measure(self.system, &pids, micros(), until, false);
        let (looked, used) = tokio::join!(self.crew.look_on(self.course, until), measuring);
        looked?;
        let figures = after.since(before, self.system, self.plan.seats.len());
        let notes =
            vec!["the kernel's figures are the whole machine's, and include what else it does".to_owned()];
        self.course.say("one message to each group");
        let from = micros() + AHEAD;
        let speakers = self.plan.cast.groups.len() as u64;
        let until = from + seconds(speakers as f64 / 200.0) + 1_000_000;
        // Nothing of it is measured.
        let speech =
            Speech { from, measured: until, until, most: Some(speakers), ..self.plan.rhythm.speech() };
        self.crew.speak(speech).await?;
        let said = said(self.crew, self.course).await?;
        Ok((said, Happened { used, figures, notes, ..Happened::default() }))
    }

    /// A steady load; then everybody who listens is cut off at once, and comes back.
    async fn storm(&mut self) -> Result<(Said, Happened)> {
        let jitter_ms = self.options.shape.jitter_ms();
        let mut speech = self.speech();
        let cut_at = speech.until;
        speech.until += jitter_ms * 1000 + AFTERWARDS;
        self.crew.speak(speech).await?;
        let pids = self.crew.pids();
        let measuring = measure(self.system, &pids, speech.measured, cut_at, false);
        let (looked, steady) = tokio::join!(self.crew.look_on(self.course, cut_at), measuring);
        looked?;
        self.course.say("everybody is cut off");
        let (began, questions) = (micros(), self.system.questions().await);
        self.crew.order(&Order::Cut { jitter_ms }).await?;
        let away = self.crew.hear(self.course, |tell| match tell {
            Tell::Back(away) => Some(away.clone()),
            _ => None,
        });
        let away = away.await?;
        let asked = questions.zip(self.system.questions().await);
        let lasted = micros().saturating_sub(began) as f64 / 1e6;
        self.course.say("everybody is back");
        let said = said(self.crew, self.course).await?;
        let mut happened = Happened { used: steady, ..Happened::default() };
        happened.notes.push("CPU time is that of the steady load before the cut".to_owned());
        happened.back(&away);
        let during =
            asked.map(|(before, after)| after.saturating_sub(before).saturating_sub(1) as f64 / lasted);
        happened.queries(during);
        Ok((said, happened))
    }
}

pub(super) async fn said(crew: &mut Crew, course: &mut Course<'_>) -> Result<Said> {
    let told = crew.hear(course, |tell| match tell {
        Tell::Spoken { acked, unanswered, counts } => Some((acked.clone(), *unanswered, (**counts).clone())),
        _ => None,
    });
    let (mut said, mut counts) = (Said::default(), Vec::new());
    for (acked, unanswered, counted) in told.await? {
        said.unanswered += unanswered;
        said.add_acked(acked);
        counts.push(counted);
    }
    said.counts = total(&counts);
    Ok(said)
}

pub(super) fn seconds(seconds: f64) -> Micros {
    (seconds * 1e6) as Micros
}
