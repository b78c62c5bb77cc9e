//! The one table of who may call which method. What is not in it, nobody may.

use super::role::Role::{self, Admin, Auditor, Clerk, Operator};
use crate::service::Service::{self, Calculation, Forms};

/// Who may call a method.
#[derive(Debug, Clone, Copy)]
pub enum Access {
    /// Everybody, without a token: health.
    Open,
    /// Everybody where the server listens on loopback only, else every token: reflection.
    OpenOnLoopback,
    /// These roles, and these services by the name of their own token.
    Only(&'static [Role], &'static [Service]),
}

impl Access {
    /// Whether a token of this role and name may call.
    pub fn allows(self, role: Role, name: &str) -> bool {
        match self {
            Self::Open | Self::OpenOnLoopback => true,
            Self::Only(_, services) if role == Role::Service => {
                services.iter().any(|service| service.name() == name)
            }
            Self::Only(roles, _) => roles.contains(&role),
        }
    }

    /// Who may call, in words.
    pub fn who(self) -> String {
        match self {
            Self::Open | Self::OpenOnLoopback => "everybody".to_owned(),
            Self::Only([], []) => "nobody".to_owned(),
            Self::Only(roles, services) => {
                let roles = roles.iter().map(|role| role.name().to_owned());
                let services = services.iter().map(|name| format!("the {name} service"));
                roles.chain(services).collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// Who may call a method, by full path.
pub fn access(path: &str) -> Access {
    let path = path.trim_start_matches('/');
    if path.starts_with("grpc.health.v1.Health/") {
        return Access::Open;
    }
    if path.starts_with("grpc.reflection.") {
        return Access::OpenOnLoopback;
    }
    let row = ROWS.iter().find(|(method, ..)| *method == path);
    row.map_or(Access::Only(&[], &[]), |(_, roles, services)| {
        Access::Only(roles, services)
    })
}

const READERS: &[Role] = &[Admin, Clerk, Operator, Auditor];
const CLERKS: &[Role] = &[Admin, Clerk];
const OPERATORS: &[Role] = &[Admin, Operator];
const ADMINS: &[Role] = &[Admin];
const NO_PERSON: &[Role] = &[];
const NO_SERVICE: &[Service] = &[];

/// A method, the people who may call it, and the services that may.
pub type Row = (&'static str, &'static [Role], &'static [Service]);

/// Every method of Formfeed's own services.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    ("formfeed.vendor.v1.PayerService/GetPayer",                        READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.PayerService/ListPayers",                      READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.PayerService/CreatePayer",                     CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.PayerService/UpdatePayer",                     CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.PayerService/GetOrganization",                 READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.PayerService/ListOrganizations",               READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.PayerService/CreateOrganization",              CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.PayerService/UpdateOrganization",              CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.PayerService/GetCashAccount",                  READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.PayerService/ListCashAccounts",                READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.PayerService/CreateCashAccount",               CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.PayerService/UpdateCashAccount",               CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.AccountService/GetAccount",                    READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.AccountService/ListAccounts",                  READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.AccountService/CreateAccount",                 CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.AccountService/UpdateAccount",                 CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.AccountService/GetRelateToCode",               READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.AccountService/ListRelateToCodes",             READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.AccountService/CreateRelateToCode",            CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.AccountService/UpdateRelateToCode",            CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorService/GetVendor",                      READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.VendorService/ListVendors",                    READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.VendorService/CreateVendor",                   CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorService/UpdateVendor",                   CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorService/GetVendorAddress",               READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.VendorService/ListVendorAddresses",            READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.VendorService/CreateVendorAddress",            CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorService/UpdateVendorAddress",            CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorService/DeactivateVendor",               CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorService/StreamVendors",                  READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.VendorService/BatchGetVendorVersions",         READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.VendorService/ReleaseTins",                    NO_PERSON, &[Forms]),
    ("formfeed.vendor.v1.VendorImportService/StageVendorImport",        CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorImportService/CheckReferences",          NO_PERSON, &[Calculation]),
    ("formfeed.vendor.v1.VendorImportService/PublishVendorImport",      NO_PERSON, &[Calculation]),
    ("formfeed.vendor.v1.VendorImportService/DiscardVendorImport",      CLERKS,    &[Calculation]),
    ("formfeed.vendor.v1.TokenService/CreateToken",                     ADMINS,    NO_SERVICE),
    ("formfeed.vendor.v1.TokenService/ListTokens",                      ADMINS,    NO_SERVICE),
    ("formfeed.vendor.v1.TokenService/RevokeToken",                     ADMINS,    NO_SERVICE),

    ("formfeed.calculation.v1.ImportService/StageHistoryImport",        CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ImportService/PublishImport",             CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ImportService/DiscardImport",             CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ImportService/ListImports",               READERS,   NO_SERVICE),
    ("formfeed.calculation.v1.HistoryService/GetVoucher",               READERS,   &[Forms]),
    ("formfeed.calculation.v1.HistoryService/ListVouchers",             READERS,   &[Forms]),
    ("formfeed.calculation.v1.HistoryService/GetPayment",               READERS,   &[Forms]),
    ("formfeed.calculation.v1.HistoryService/ListPayments",             READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/Calculate",            CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.CalculationService/GetRun",               READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ListRuns",             READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/CancelRun",            CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.CalculationService/ListInformation",      READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ListSkippedRecipients", READERS,  &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ListExceptions",       READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ExplainInformation",   READERS,   &[Forms]),

    ("formfeed.forms.v1.FormsService/ListForms",                        READERS,   NO_SERVICE),
    ("formfeed.forms.v1.FormsService/PrintForms",                       CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.FormsService/GetPrinting",                      READERS,   NO_SERVICE),
    ("formfeed.forms.v1.FormsService/ListPrintings",                    READERS,   NO_SERVICE),
    ("formfeed.forms.v1.FormsService/GetTaxYearRules",                  READERS,   NO_SERVICE),

    ("formfeed.spooler.v1.JobService/SubmitJob",                        NO_PERSON, &[Forms]),
    ("formfeed.spooler.v1.JobService/GetJob",                           READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/ListJobs",                         READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/WatchJob",                         READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/ListSheets",                       READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/HoldJob",                          OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ReleaseJob",                       OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/CancelJob",                        OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ResolveSheet",                     OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/CreatePrinter",                OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/GetPrinter",                   READERS,   &[Forms]),
    ("formfeed.spooler.v1.PrinterService/ListPrinters",                 READERS,   &[Forms]),
    ("formfeed.spooler.v1.PrinterService/LoadStock",                    OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/PausePrinter",                 OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/ResumePrinter",                OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/DeletePrinter",                OPERATORS, NO_SERVICE),
];
