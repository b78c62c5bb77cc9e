//! What each message of the contract takes in memory, read from the descriptors.
//!
//! It is an estimate from above of the structs that prost makes. What lists set aside to grow, and what the allocator adds,
//! comes on top: about as much again.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::OnceLock,
};

use prost::Message as _;
use prost_types::{
    DescriptorProto, FieldDescriptorProto, FileDescriptorSet,
    field_descriptor_proto::{Label, Type},
};

/// A text or a list without its content.
const POINTING: u64 = 24;
/// A number, a word of several, or that there is something.
const SCALAR: u64 = 8;

/// The messages of the contract.
#[derive(Debug)]
pub(super) struct Schema {
    messages: Vec<Message>,
    /// The message that each method takes, by its full path.
    requests: HashMap<String, usize>,
}

#[derive(Debug)]
struct Message {
    /// By number.
    fields: Vec<Field>,
    weight: u64,
}

/// A field of a message, and what it adds when it is met.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    number: u32,
    /// The message that it holds.
    pub(super) message: Option<usize>,
    /// What it adds each time: nothing where its place is in its message.
    pub(super) each: u64,
    /// What each byte of its content adds, unless that is a message.
    pub(super) per_byte: u64,
}

impl Schema {
    /// That of Formfeed's services.
    pub(super) fn ours() -> &'static Self {
        static OURS: OnceLock<Schema> = OnceLock::new();
        OURS.get_or_init(|| {
            let set = FileDescriptorSet::decode(formfeed_proto::FILE_DESCRIPTOR_SET)
                .expect("the descriptors were encoded by our own build");
            Self::of(&set)
        })
    }

    /// That of some descriptors.
    pub(super) fn of(set: &FileDescriptorSet) -> Self {
        let mut named = Named::default();
        for file in &set.file {
            named.add(&format!(".{}", file.package()), &file.message_type);
        }
        Self {
            messages: Scales::weigh_all(&named),
            requests: requests(set, &named),
        }
    }

    /// The message that a method takes; none when it is not ours.
    pub(super) fn request(&self, path: &str) -> Option<usize> {
        self.requests.get(path).copied()
    }

    /// What a message takes by itself, its singular parts within it.
    pub(super) fn weight(&self, message: usize) -> u64 {
        self.messages.get(message).map_or(0, |found| found.weight)
    }

    /// A field of a message; none when it has no such number.
    pub(super) fn field(&self, message: usize, number: u32) -> Option<Field> {
        let fields = &self.messages.get(message)?.fields;
        let found = fields.binary_search_by_key(&number, |field| field.number);
        found.ok().and_then(|at| fields.get(at)).copied()
    }
}

fn requests(set: &FileDescriptorSet, named: &Named<'_>) -> HashMap<String, usize> {
    let mut requests = HashMap::new();
    for file in &set.file {
        for service in &file.service {
            for method in &service.method {
                let path = format!("/{}.{}/{}", file.package(), service.name(), method.name());
                let request = named.at.get(method.input_type());
                requests.extend(request.map(|at| (path, *at)));
            }
        }
    }
    requests
}

/// Messages in a row, and where each is by its full name, such as `.formfeed.vendor.v1.Vendor`.
#[derive(Default)]
struct Named<'a> {
    messages: Vec<&'a DescriptorProto>,
    at: HashMap<String, usize>,
}

impl<'a> Named<'a> {
    fn add(&mut self, within: &str, messages: &'a [DescriptorProto]) {
        for message in messages {
            let name = format!("{within}.{}", message.name());
            self.add(&name, &message.nested_type);
            self.at.insert(name, self.messages.len());
            self.messages.push(message);
        }
    }

    /// The message that a field holds.
    fn held(&self, field: &FieldDescriptorProto) -> Option<usize> {
        match field.r#type() {
            Type::Message => self.at.get(field.type_name()).copied(),
            _ => None,
        }
    }
}

/// Weighs messages, each once.
struct Scales<'a> {
    named: &'a Named<'a>,
    weights: Vec<Weight>,
    /// Fields whose message holds them in turn, by message and number: it has a place of its own.
    apart: HashSet<(usize, i32)>,
}

#[derive(Clone, Copy)]
enum Weight {
    Unknown,
    BeingWeighed,
    Known(u64),
}

impl<'a> Scales<'a> {
    fn weigh_all(named: &'a Named<'a>) -> Vec<Message> {
        let count = named.messages.len();
        let mut scales = Self {
            named,
            weights: vec![Weight::Unknown; count],
            apart: HashSet::new(),
        };
        let weights: Vec<_> = (0..count).map(|at| scales.weigh(at)).collect();
        let message = |(at, weight): (usize, Option<u64>)| Message {
            fields: scales.fields(at),
            weight: weight.unwrap_or_default(),
        };
        weights.into_iter().enumerate().map(message).collect()
    }

    /// What a message takes; none when it is being weighed, so that it holds itself.
    fn weigh(&mut self, at: usize) -> Option<u64> {
        match self.weights[at] {
            Weight::Known(weight) => return Some(weight),
            Weight::BeingWeighed => return None,
            Weight::Unknown => self.weights[at] = Weight::BeingWeighed,
        }
        let message = self.named.messages[at];
        let mut weight = 0;
        let mut choices = BTreeMap::new();
        for field in &message.field {
            let place = self.place(at, field);
            match field.oneof_index {
                Some(choice) => {
                    let largest = choices.entry(choice).or_insert(0);
                    *largest = place.max(*largest);
                }
                None => weight += place,
            }
        }
        weight += choices.values().map(|place| place + SCALAR).sum::<u64>();
        self.weights[at] = Weight::Known(weight);
        Some(weight)
    }

    /// What a field takes within its message.
    fn place(&mut self, within: usize, field: &FieldDescriptorProto) -> u64 {
        if is_repeated(field) || is_text(field) {
            return POINTING;
        }
        let Some(held) = self.named.held(field) else {
            return SCALAR;
        };
        match self.weigh(held) {
            Some(weight) => SCALAR + weight,
            None => {
                self.apart.insert((within, field.number()));
                SCALAR
            }
        }
    }

    fn fields(&self, at: usize) -> Vec<Field> {
        let fields = self.named.messages[at].field.iter();
        let mut fields: Vec<_> = fields.map(|field| self.field(at, field)).collect();
        fields.sort_by_key(|field| field.number);
        fields
    }

    fn field(&self, within: usize, field: &FieldDescriptorProto) -> Field {
        let message = self.named.held(field);
        let size = match message.map(|at| self.weights[at]) {
            Some(Weight::Known(weight)) => weight,
            _ if is_text(field) => POINTING,
            _ => SCALAR,
        };
        let is_apart = is_repeated(field) || self.apart.contains(&(within, field.number()));
        Field {
            number: u32::try_from(field.number()).unwrap_or_default(),
            message,
            each: if is_apart { size } else { 0 },
            per_byte: match (is_text(field), is_repeated(field)) {
                (true, _) => 1,
                (false, true) => SCALAR, // numbers side by side
                (false, false) => 0,
            },
        }
    }
}

fn is_repeated(field: &FieldDescriptorProto) -> bool {
    field.label() == Label::Repeated
}

fn is_text(field: &FieldDescriptorProto) -> bool {
    matches!(field.r#type(), Type::String | Type::Bytes)
}

#[cfg(test)]
mod tests {
    use formfeed_proto::{calculation, spooler, vendor};

    use super::*;

    /// What each part of a list adds that is found by these numbers in a method's request.
    fn each(path: &str, numbers: &[u32]) -> usize {
        let schema = Schema::ours();
        let mut message = schema.request(path).unwrap();
        let mut each = 0;
        for number in numbers {
            let field = schema.field(message, *number).unwrap();
            (message, each) = (field.message.unwrap(), field.each);
        }
        usize::try_from(each).unwrap()
    }

    #[test]
    fn parts_of_lists_weigh_at_least_what_they_take_and_at_most_twice_as_much() {
        let vendors = "/formfeed.vendor.v1.VendorImportService/StageVendorImport";
        let history = "/formfeed.calculation.v1.ImportService/StageHistoryImport";
        let submit = "/formfeed.spooler.v1.JobService/SubmitJob";
        for (weight, size) in [
            (each(vendors, &[2]), size_of::<vendor::VendorImportRecord>()),
            (
                each(history, &[2]),
                size_of::<calculation::HistoryImportRecord>(),
            ),
            (
                each(history, &[2, 2, 8]),
                size_of::<calculation::VoucherLine>(),
            ),
            (each(submit, &[2, 1]), size_of::<spooler::JobForm>()),
            (each(submit, &[2, 1, 12]), size_of::<spooler::BoxAmount>()),
        ] {
            assert!(size <= weight && weight <= 2 * size, "{weight} of {size}");
        }
    }

    #[test]
    fn every_method_of_the_contract_has_its_request_and_no_other() {
        let schema = Schema::ours();
        for path in crate::methods::all().keys() {
            assert!(schema.request(path).is_some(), "{path}");
        }
        assert!(schema.request("/grpc.health.v1.Health/Check").is_none());
    }
}
