use formfeed_proto::{spooler, vendor};
use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorProto, FileDescriptorSet,
    MethodDescriptorProto, ServiceDescriptorProto,
    field_descriptor_proto::{Label, Type},
};
use vendor::vendor_import_record::Record;

use super::*;

const VENDORS: &str = "/formfeed.vendor.v1.VendorImportService/StageVendorImport";
const HISTORY: &str = "/formfeed.calculation.v1.ImportService/StageHistoryImport";
const REFERENCES: &str = "/formfeed.vendor.v1.VendorImportService/CheckReferences";
const SUBMIT: &str = "/formfeed.spooler.v1.JobService/SubmitJob";
/// What a server takes unless it is told otherwise, and what that may become.
const LARGEST: usize = 8 << 20;
const MOST: u64 = 16 * (8 << 20);

fn ours(path: &str, most: u64) -> Walk {
    let schema = Schema::ours();
    Walk::new(schema, schema.request(path).unwrap(), most)
}

/// Follows a message that comes in parts of so many bytes.
fn follow(mut walk: Walk, message: &[u8], cut: usize) -> Walk {
    walk.begin(message.len() as u64);
    message.chunks(cut).for_each(|part| walk.read(part));
    walk
}

/// What a message of the contract becomes.
fn weight(path: &str, message: &[u8]) -> u64 {
    follow(ours(path, u64::MAX), message, message.len().max(1)).weight
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    bytes.push(value.to_le_bytes()[0]);
    bytes
}

/// A field with content of its own.
fn field(number: u64, content: &[u8]) -> Vec<u8> {
    let key = varint((number << 3) | 2);
    [key, varint(content.len() as u64), content.to_vec()].concat()
}

/// A record of an import with little in it.
fn relate_to_code(code: &str) -> vendor::VendorImportRecord {
    vendor::VendorImportRecord {
        line: 300,
        record: Some(Record::RelateToCode(vendor::RelateToCode {
            position: 1,
            code: code.to_owned(),
            description: "Rent".to_owned(),
            income_type: "01".to_owned(),
            ..vendor::RelateToCode::default()
        })),
    }
}

fn import_of(records: usize) -> Vec<u8> {
    let request = vendor::StageVendorImportRequest {
        import_id: "i1".to_owned(),
        records: vec![relate_to_code("R1"); records],
    };
    request.encode_to_vec()
}

#[test]
fn a_message_weighs_the_same_wherever_it_is_cut() {
    let group = [
        0x9b_u8, 0x06, 0x08, 0x80, 0x01, 0x12, 0x01, 0x2a, 0x9c, 0x06,
    ];
    let fixed = [
        0x9d_u8, 0x06, 1, 2, 3, 4, 0x99, 0x06, 1, 2, 3, 4, 5, 6, 7, 8,
    ];
    let message = [&group[..], &fixed, &import_of(5), &group, &import_of(3)].concat();
    let whole = weight(VENDORS, &message);
    assert!(whole > weight(VENDORS, &import_of(7)));
    for cut in 1..message.len() {
        let walk = follow(ours(VENDORS, u64::MAX), &message, cut);
        assert_eq!(walk.weight, whole, "by {cut}");
    }
    for at in 1..message.len() {
        let mut walk = ours(VENDORS, u64::MAX);
        walk.begin(message.len() as u64);
        walk.read(&message[..at]);
        walk.read(&message[at..]);
        assert_eq!(walk.weight, whole, "at {at}");
    }
}

#[test]
fn parts_that_say_nothing_are_counted_at_the_top_and_within_others() {
    let records = field(2, b"").repeat(LARGEST / 2);
    assert!(follow(ours(VENDORS, MOST), &records, 4096).is_too_heavy());

    let lines = field(8, b"").repeat(LARGEST / 2 - 8);
    let voucher = field(2, &field(2, &lines));
    assert!(voucher.len() <= LARGEST);
    assert!(follow(ours(HISTORY, MOST), &voucher, 4096).is_too_heavy());

    let forms = field(2, &field(1, b"").repeat(LARGEST / 2 - 8));
    assert!(follow(ours(SUBMIT, MOST), &forms, 4096).is_too_heavy());
}

#[test]
fn what_prost_reads_before_it_finds_a_fault_is_counted() {
    // A record of two bytes, in which a voucher of many more begins; and what comes after a group that nobody knows.
    let lines = field(8, b"").repeat(LARGEST / 2 - 16);
    let longer = [vec![0x12, 2], field(2, &lines)].concat();
    assert!(follow(ours(HISTORY, MOST), &longer, 4096).is_too_heavy());

    let after = [vec![0x9b, 0x06, 0x9c, 0x06], field(2, &field(2, &lines))].concat();
    assert!(follow(ours(HISTORY, MOST), &after, 4096).is_too_heavy());
}

#[test]
fn a_call_stays_too_heavy_and_each_message_is_weighed_for_itself() {
    let mut walk = ours(VENDORS, 1 << 20);
    for _ in 0..1_000 {
        walk = follow(walk, &import_of(10), 100);
    }
    assert!(!walk.is_too_heavy(), "{}", walk.weight);
    walk = follow(walk, &field(2, b"").repeat(100_000), 100);
    assert!(walk.is_too_heavy());
    assert!(follow(walk, &import_of(1), 100).is_too_heavy());
}

#[test]
fn a_text_that_looks_like_a_message_is_a_text() {
    let looks = field(2, b"").repeat(10_000);
    let blank = weight(VENDORS, b"");
    let text = weight(VENDORS, &field(1, &looks));
    assert_eq!(text, blank + looks.len() as u64);
    let unknown = weight(VENDORS, &field(99, &looks));
    assert_eq!(unknown, blank);
    let texts = weight(REFERENCES, &field(2, b"V1").repeat(100));
    assert_eq!(texts, weight(REFERENCES, b"") + 100 * 26);
}

#[test]
fn malformed_bytes_end_the_walk_quietly() {
    let more = import_of(3);
    for bad in [
        vec![0x00_u8],                                 // number 0
        vec![0x0e],                                    // no such wire type
        vec![0x0c],                                    // the end of a group that never began
        vec![0x9b, 0x06, 0x94, 0x06],                  // the end of another
        vec![0x12, 0xff, 0xff, 0x7f],                  // longer than all
        [vec![0x12], vec![0xff; 9], vec![1]].concat(), // longer than anything
        vec![0xff; 12],                                // a number without end
        vec![0x12, 1, 0x08],                           // a number beyond its part
        vec![0x12, 1, 0x12, 0, 0],
    ] {
        let message = [&bad[..], &more].concat();
        for cut in 1..=message.len() {
            let walk = follow(ours(VENDORS, u64::MAX), &message, cut);
            assert!(walk.weight < weight(VENDORS, &more) + 2_000, "{bad:?}");
        }
    }
    let mut noise = 1_u32;
    for _ in 0..2_000 {
        let mut next = || {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            noise.to_be_bytes()[0]
        };
        let bytes: Vec<u8> = (0..100).map(|_| next()).collect();
        follow(ours(HISTORY, MOST), &bytes, 3);
    }
}

/// A service of its own, whose only message holds itself, once as field 1 and as a list as field 2.
fn endless() -> Walk {
    let held = |number, label: Label| FieldDescriptorProto {
        name: Some(format!("f{number}")),
        number: Some(number),
        label: Some(label.into()),
        r#type: Some(Type::Message.into()),
        type_name: Some(".own.Endless".to_owned()),
        ..FieldDescriptorProto::default()
    };
    let message = DescriptorProto {
        name: Some("Endless".to_owned()),
        field: vec![held(1, Label::Optional), held(2, Label::Repeated)],
        ..DescriptorProto::default()
    };
    let method = MethodDescriptorProto {
        name: Some("Go".to_owned()),
        input_type: Some(".own.Endless".to_owned()),
        ..MethodDescriptorProto::default()
    };
    let service = ServiceDescriptorProto {
        name: Some("Own".to_owned()),
        method: vec![method],
        ..ServiceDescriptorProto::default()
    };
    let file = FileDescriptorProto {
        package: Some("own".to_owned()),
        message_type: vec![message],
        service: vec![service],
        ..FileDescriptorProto::default()
    };
    let schema = Schema::of(&FileDescriptorSet { file: vec![file] });
    let schema: &'static Schema = Box::leak(Box::new(schema));
    Walk::new(schema, schema.request("/own.Own/Go").unwrap(), u64::MAX)
}

#[test]
fn a_message_that_holds_itself_is_followed_as_deep_as_prost_reads_and_no_deeper() {
    let nested = |depth: usize| (0..depth).fold(Vec::new(), |inner, _| field(1, &inner));
    let each = 24 + 8; // a list and a pointer
    for (depth, levels) in [(0, 0), (1, 1), (100, 100), (101, 100), (5_000, 100)] {
        let walk = follow(endless(), &nested(depth), 50);
        // The one too deep has been met, but is not gone into.
        let met = levels + u64::from(depth > 100);
        assert_eq!(walk.weight, each * (1 + met), "{depth}");
        assert!(walk.levels.len() <= DEEPEST);
    }
    let groups = [0x9b, 0x06].repeat(5_000);
    assert!(follow(endless(), &groups, 50).levels.len() <= DEEPEST);
}

#[test]
fn what_is_sent_in_earnest_is_far_from_too_heavy() {
    let import = import_of(2_000);
    assert!(weight(VENDORS, &import) < MOST / 50);

    let form = spooler::JobForm {
        recipient_name: "Harbor Freight & Sons".to_owned(),
        boxes: vec![spooler::BoxAmount::default(); 5],
        ..spooler::JobForm::default()
    };
    let forms = spooler::JobForms {
        forms: vec![form; 500],
    };
    let part = spooler::submit_job_request::Part::Forms(forms);
    let submit = spooler::SubmitJobRequest { part: Some(part) };
    assert!(weight(SUBMIT, &submit.encode_to_vec()) < MOST / 50);

    // Keys as many as go into the largest message, and as short as may be.
    let keys = field(2, b"").repeat(LARGEST / 2);
    assert!(!follow(ours(REFERENCES, MOST), &keys, 4096).is_too_heavy());
}
