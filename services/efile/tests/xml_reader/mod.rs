//! A reader of IRIS XML: a tree of elements, and what the manifest and the headers must say of it.

#![allow(dead_code, reason = "each test takes what it needs")]

use std::collections::{BTreeMap, HashSet};

use quick_xml::Reader;
use quick_xml::events::Event;

/// An element without its prefix.
#[derive(Debug, Clone, Default)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) inside: Vec<Node>,
}

impl Node {
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Node> {
        self.inside.iter().filter(move |node| node.name == name)
    }

    pub(crate) fn find(&self, path: &str) -> Option<&Node> {
        path.split('/').try_fold(self, |node, name| {
            node.inside.iter().find(|inside| inside.name == name)
        })
    }

    pub(crate) fn says(&self, path: &str) -> &str {
        self.find(path).map_or("", |node| node.text.as_str())
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.says(path)
            .parse()
            .unwrap_or_else(|_| panic!("{path} of {} is no count", self.name))
    }

    /// Names of the elements in it, in order.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.inside.iter().map(|node| node.name.as_str()).collect()
    }

    /// Every element in it, at any depth.
    pub(crate) fn everything(&self) -> Vec<&Node> {
        let deeper = self.inside.iter().flat_map(Node::everything);
        std::iter::once(self).chain(deeper).collect()
    }

    fn cents(&self) -> u64 {
        let (dollars, cents) = self.text.split_once('.').expect("dollars and cents");
        assert_eq!(cents.len(), 2, "{}", self.text);
        dollars.parse::<u64>().unwrap() * 100 + cents.parse::<u64>().unwrap()
    }
}

/// Reads the tree.
pub(crate) fn read(bytes: &[u8]) -> Node {
    let text = std::str::from_utf8(bytes).unwrap();
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Node::default()];
    loop {
        match reader.read_event().unwrap() {
            Event::Start(start) => {
                let name = String::from_utf8(start.name().as_ref().to_vec()).unwrap();
                let name = name
                    .strip_prefix("n1:")
                    .expect("the IRS's namespace")
                    .to_owned();
                open.push(Node {
                    name,
                    ..Node::default()
                });
            }
            Event::End(_) => {
                let node = open.pop().unwrap();
                open.last_mut().unwrap().inside.push(node);
            }
            Event::Text(text) => open
                .last_mut()
                .unwrap()
                .text
                .push_str(&text.decode().unwrap()),
            Event::GeneralRef(entity) => open.last_mut().unwrap().text.push_str(match &*entity {
                b"amp" => "&",
                b"apos" => "'",
                b"lt" => "<",
                b"gt" => ">",
                b"quot" => "\"",
                other => panic!("{other:?}"),
            }),
            Event::Decl(_) => {}
            Event::Eof => break,
            other => panic!("{other:?}"),
        }
    }
    let [root] = <[Node; 1]>::try_from(open.pop().unwrap().inside).unwrap();
    assert_eq!(root.name, "IRTransmission");
    hold_against_each_other(&root);
    root
}

/// The records of a submission.
pub(crate) fn records(submission: &Node) -> Vec<&Node> {
    submission
        .find("IRSubmission1Detail")
        .unwrap()
        .inside
        .iter()
        .collect()
}

/// Counts, totals, ids and marks: rules TMFST026, FTMFST001, 003, 008 to 010, 013, 014, FS1H002, FS1H003, SMF007.
fn hold_against_each_other(root: &Node) {
    let manifest = root.find("IRTransmissionManifest").unwrap();
    let submissions: Vec<_> = root.all("IRSubmission1Grp").collect();
    assert_eq!(manifest.count("TotalIssuerFormCnt"), submissions.len());
    let forms: usize = submissions
        .iter()
        .map(|submission| records(submission).len())
        .sum();
    assert_eq!(manifest.count("TotalRecipientFormCnt"), forms);
    let mut originals = HashSet::new();
    let corrected = manifest.says("TransmissionTypeCd") == "C";
    for (index, submission) in submissions.iter().enumerate() {
        let header = submission.find("IRSubmission1Header").unwrap();
        assert_eq!(header.count("SubmissionId"), index + 1);
        assert_eq!(header.says("TaxYr"), manifest.says("TaxYr"));
        assert_eq!(
            header.count("TotalReportedRcpntFormCnt"),
            records(submission).len()
        );
        for (index, record) in records(submission).iter().enumerate() {
            assert_eq!(
                record.name,
                format!("Form{}Detail", header.says("FormTypeCd"))
            );
            assert_eq!(record.count("RecordId"), index + 1);
            assert_eq!(record.says("VoidInd"), "0");
            assert_eq!(record.says("CorrectedInd") == "1", corrected);
            let original = record.find("PrevSubmittedRecRecipientGrp/UniqueRecordId");
            assert_eq!(original.is_some(), corrected);
            assert!(original.is_none_or(|original| originals.insert(&original.text)));
        }
        hold_totals(header, &records(submission));
    }
}

fn hold_totals(header: &Node, records: &[&Node]) {
    let code = header.says("FormTypeCd");
    let totals = header.find("IRSubmission1FormTotals").unwrap();
    let amounts = totals.find(&format!("Form{code}TotalAmtGrp")).unwrap();
    assert_eq!(said(amounts), sums(records), "totals of the submission");
    let mut states: BTreeMap<&str, Vec<&Node>> = BTreeMap::new();
    for record in records {
        for state in record.all("CFSFElectionStateCd") {
            states.entry(&state.text).or_default().push(record);
        }
    }
    assert_eq!(header.says("CFSFElectionInd") == "1", !states.is_empty());
    let group = format!("Form{code}TotalByStateGrp");
    assert_eq!(totals.all(&group).count(), states.len());
    for state in totals.all(&group) {
        let code = state.says("StateAbbreviationCd");
        let of_state = &states[code];
        assert_eq!(state.count("TotalReportedRcpntFormCnt"), of_state.len());
        let mut said = said(state);
        let rows = of_state
            .iter()
            .flat_map(|record| record.all("StateLocalTaxGrp"));
        let rows: Vec<_> = rows
            .filter(|row| row.says("StateAbbreviationCd") == code)
            .collect();
        for (element, path) in [
            ("StateTaxWithheldAmt", "StateTaxGrp/StateTaxWithheldAmt"),
            ("LocalTaxWithheldAmt", "LocalTaxGrp/LocalTaxWithheldAmt"),
        ] {
            let sum: u64 = rows
                .iter()
                .filter_map(|row| row.find(path))
                .map(Node::cents)
                .sum();
            assert_eq!(said.remove(element), Some(sum), "{code} {element}");
        }
        assert_eq!(said, sums(of_state), "totals of {code}");
    }
}

fn said(group: &Node) -> BTreeMap<&str, u64> {
    amounts(group).collect()
}

fn sums<'a>(records: &[&'a Node]) -> BTreeMap<&'a str, u64> {
    let mut sums = BTreeMap::new();
    for (name, cents) in records.iter().flat_map(|record| amounts(record)) {
        *sums.entry(name).or_default() += cents;
    }
    sums
}

fn amounts(node: &Node) -> impl Iterator<Item = (&str, u64)> {
    let amounts = node
        .inside
        .iter()
        .filter(|inside| inside.name.ends_with("Amt"));
    amounts.map(|amount| (amount.name.as_str(), amount.cents()))
}
