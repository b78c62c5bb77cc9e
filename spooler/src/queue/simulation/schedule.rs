//! What may happen, in any order: the steps of a schedule, and how they are chosen.

use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::printer::Fault;
use crate::queue::CrashPoint;

/// Printers of a run.
pub(super) const PRINTERS: usize = 4;

/// One thing that happens. Jobs are counted in order of submission, from 0, and what is beyond the last means it again.
#[derive(Debug, Clone)]
pub(super) enum Step {
    /// A job of so many sheets is submitted to a printer.
    Submit {
        printer: usize,
        sheets: u32,
    },
    /// Nothing happens for some milliseconds.
    Wait(u64),
    Hold(usize),
    Release(usize),
    Cancel(usize),
    Priority(usize, i32),
    Move {
        job: usize,
        printer: usize,
    },
    Split {
        job: usize,
        printer: usize,
    },
    Pause(usize),
    Resume(usize),
    /// Fresh stock is put in.
    Load(usize),
    /// The operator goes around and answers what is asked; one in a hurry relies on what the spooler says of a sheet at work.
    Answer {
        hurry: bool,
    },
    /// A good sheet gets wet, or cannot be found: it is printed again by decision, or counts as what it is.
    Coffee {
        job: usize,
        sheet: u32,
    },
    /// All from a sheet on is printed again by decision.
    Restart {
        job: usize,
        sheet: u32,
    },
    /// The next job on a printer goes wrong.
    Fault(usize, Fault),
    Jam(usize, bool),
    Off(usize, bool),
    Reboot(usize),
    /// Somebody else prints.
    Stranger(usize),
    /// Calls of the store fail, of one kind or any, after some that go well; before or after they were carried out.
    Storage {
        kind: &'static str,
        lucky: u32,
        calls: u32,
        answers_lost: bool,
    },
    /// The clock of the machine is set, by minutes.
    Clock(i64),
    /// The spooler dies where it stands, and starts.
    Crash,
    /// The same, and the next one will stand still when it passes a point so often.
    CrashThenAt(CrashPoint, u32),
    /// The spooler is stopped in good order, and starts.
    Stop,
}

/// What the choice of steps has to know.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Of everything that is random beside the steps.
    pub(super) seed: u64,
    submitted: usize,
}

/// Chooses schedules.
pub(super) struct Schedules;

impl ReferenceStateMachine for Schedules {
    type State = Plan;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Plan> {
        let plan = |seed| Plan { seed, submitted: 0 };
        any::<u64>().prop_map(plan).boxed()
    }

    fn transitions(plan: &Plan) -> BoxedStrategy<Step> {
        // Mostly the printers that can be asked, for they are asked most.
        let printer = prop_oneof![3 => 0..2_usize, 2 => 0..PRINTERS];
        let job = 0..5_usize;
        let submit = (printer.clone(), 1..=4_u32)
            .prop_map(|(printer, sheets)| Step::Submit { printer, sheets });
        if plan.submitted == 0 {
            return submit.boxed();
        }
        let wait = prop_oneof![5 => 1..50_u64, 5 => 50..1_500_u64, 1 => 1_500..90_000_u64];
        let moved = (job.clone(), printer.clone());
        let of_sheet = (job.clone(), 1..=4_u32);
        let people = prop_oneof![
            job.clone().prop_map(Step::Hold),
            job.clone().prop_map(Step::Release),
            job.clone().prop_map(Step::Cancel),
            (job.clone(), 1..=100).prop_map(|(job, priority)| Step::Priority(job, priority)),
            moved
                .clone()
                .prop_map(|(job, printer)| Step::Move { job, printer }),
            moved.prop_map(|(job, printer)| Step::Split { job, printer }),
            printer.clone().prop_map(Step::Pause),
            printer.clone().prop_map(Step::Resume),
            printer.clone().prop_map(Step::Load),
            of_sheet
                .clone()
                .prop_map(|(job, sheet)| Step::Coffee { job, sheet }),
            of_sheet.prop_map(|(job, sheet)| Step::Restart { job, sheet }),
        ];
        let devices = prop_oneof![
            6 => (printer.clone(), fault()).prop_map(|(printer, fault)| Step::Fault(printer, fault)),
            1 => (printer.clone(), any::<bool>()).prop_map(|(printer, jam)| Step::Jam(printer, jam)),
            1 => (printer.clone(), any::<bool>()).prop_map(|(printer, off)| Step::Off(printer, off)),
            1 => printer.clone().prop_map(Step::Reboot),
            1 => printer.prop_map(Step::Stranger),
        ];
        let machine = prop_oneof![
            3 => Just(Step::Crash),
            3 => (point(), 1..=3_u32).prop_map(|(at, nth)| Step::CrashThenAt(at, nth)),
            1 => Just(Step::Stop),
            4 => storage(),
            1 => (-9_000..9_000_i64).prop_map(Step::Clock),
        ];
        prop_oneof![
            5 => submit,
            9 => wait.prop_map(Step::Wait),
            4 => people,
            7 => devices,
            4 => machine,
            4 => any::<bool>().prop_map(|hurry| Step::Answer { hurry }),
        ]
        .boxed()
    }

    fn apply(mut plan: Plan, step: &Step) -> Plan {
        plan.submitted += usize::from(matches!(step, Step::Submit { .. }));
        plan
    }

    fn preconditions(plan: &Plan, step: &Step) -> bool {
        plan.submitted > 0 || matches!(step, Step::Submit { .. })
    }
}

fn fault() -> impl Strategy<Value = Fault> {
    proptest::sample::select(vec![
        Fault::Busy,
        Fault::LosesAnswer,
        Fault::CutLate,
        Fault::CutEarly,
        Fault::Drops,
        Fault::AbortsPrinted,
        Fault::Contradicts,
        Fault::Forgets,
        Fault::Hangs,
    ])
}

/// Mostly a call that a sheet hangs on.
fn storage() -> impl Strategy<Value = Step> {
    let kinds = vec![
        " reserved",
        "-> intent",
        "in_force",
        "-> in flight",
        "-> good",
        "-> in doubt",
        "-> released",
        "recover",
    ];
    let some = (proptest::sample::select(kinds), 0..2_u32, 1..=2_u32);
    let others = (Just(""), 0..25_u32, 1..=4_u32);
    (prop_oneof![3 => some, 1 => others], any::<bool>()).prop_map(
        |((kind, lucky, calls), answers_lost)| Step::Storage {
            kind,
            lucky,
            calls,
            answers_lost,
        },
    )
}

fn point() -> impl Strategy<Value = CrashPoint> {
    let mut points = CrashPoint::OF_AN_ATTEMPT.to_vec();
    points.push(CrashPoint::InRecovery);
    proptest::sample::select(points)
}
