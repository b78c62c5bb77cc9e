//! The one table of who may call which method. What is not in it, nobody may.

use super::permission::Permission;
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
/// Who reads what recipients were paid, and what is reported of it: nobody of the print room.
const BOOK_READERS: &[Role] = &[Admin, Clerk, Auditor];
const CLERKS: &[Role] = &[Admin, Clerk];
const OPERATORS: &[Role] = &[Admin, Operator];
const ADMINS: &[Role] = &[Admin];
const AUDITORS: &[Role] = &[Admin, Auditor];
const NO_PERSON: &[Role] = &[];
const NO_SERVICE: &[Service] = &[];

/// A method, the people who may call it, and the services that may.
pub type Row = (&'static str, &'static [Role], &'static [Service]);

/// What a caller needs beyond its role.
const PERMISSIONS: &[(&str, Permission)] = &[(
    "formfeed.vendor.v1.TinService/RevealTin",
    Permission::RevealTin,
)];

/// What a caller of a method needs beyond its role, by full path.
pub fn permission(path: &str) -> Option<Permission> {
    let path = path.trim_start_matches('/');
    let row = PERMISSIONS.iter().find(|(method, _)| *method == path);
    row.map(|(_, permission)| *permission)
}

/// Every method of Formfeed's own services.
#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    ("formfeed.audit.v1.AuditService/ListEntries",                      AUDITORS,  NO_SERVICE),
    ("formfeed.audit.v1.AuditService/VerifyChain",                      AUDITORS,  NO_SERVICE),

    ("formfeed.keys.v1.KeyService/GetKeys",                             AUDITORS,  NO_SERVICE),
    ("formfeed.keys.v1.KeyService/RotateKey",                           ADMINS,    NO_SERVICE),

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
    ("formfeed.vendor.v1.TinService/RevealTin",                         CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.TinService/FindVendorsByTin",                  CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.TransmitterService/GetTransmitter",              READERS,   &[Forms]),
    ("formfeed.vendor.v1.TransmitterService/UpdateTransmitter",           CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.BoxDefinitionService/GetBoxDefinition",          READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.BoxDefinitionService/ListBoxDefinitions",        READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.BoxDefinitionService/CreateBoxDefinition",       CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.BoxDefinitionService/UpdateBoxDefinition",       CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.BoxDefinitionService/DeleteBoxDefinition",       CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.BNoticeService/GetBNotice",                      READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.BNoticeService/ListBNotices",                    READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.BNoticeService/CreateBNotice",                   CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.BNoticeService/DeleteBNotice",                   CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.BNoticeService/GetBNoticeStanding",              READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.BNoticeService/WriteBNoticeLetters",             CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.WithholdingService/GetWithholdingConfiguration", READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.WithholdingService/ListWithholdingConfigurations",READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.WithholdingService/CreateWithholdingConfiguration",CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.WithholdingService/UpdateWithholdingConfiguration",CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.WithholdingService/GetWithholdingOrder",         READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.WithholdingService/ListWithholdingOrders",       READERS,   &[Calculation, Forms]),
    ("formfeed.vendor.v1.WithholdingService/CreateWithholdingOrder",      CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.WithholdingService/UpdateWithholdingOrder",      CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.WithholdingService/ComputeWithholding",          CLERKS,    &[Calculation]),
    ("formfeed.vendor.v1.TwinService/BatchGetTwins",                    NO_PERSON, &[Forms]),
    ("formfeed.vendor.v1.VendorImportService/StageVendorImport",        CLERKS,    NO_SERVICE),
    ("formfeed.vendor.v1.VendorImportService/CheckReferences",          NO_PERSON, &[Calculation]),
    ("formfeed.vendor.v1.VendorImportService/PublishVendorImport",      NO_PERSON, &[Calculation]),
    ("formfeed.vendor.v1.VendorImportService/DiscardVendorImport",      CLERKS,    &[Calculation]),
    ("formfeed.vendor.v1.DutyService/GetDuty",                          READERS,   NO_SERVICE),
    ("formfeed.vendor.v1.DutyService/SetDuty",                          ADMINS,    NO_SERVICE),
    ("formfeed.vendor.v1.TokenService/CreateToken",                     ADMINS,    NO_SERVICE),
    ("formfeed.vendor.v1.TokenService/ListTokens",                      ADMINS,    NO_SERVICE),
    ("formfeed.vendor.v1.TokenService/RevokeToken",                     ADMINS,    NO_SERVICE),

    ("formfeed.calculation.v1.ImportService/StageHistoryImport",        CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ImportService/PublishImport",             CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ImportService/DiscardImport",             CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ImportService/ListImports",               READERS,   NO_SERVICE),
    ("formfeed.calculation.v1.HistoryService/GetVoucher",               BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.HistoryService/ListVouchers",             BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.HistoryService/GetPayment",               BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.HistoryService/ListPayments",             BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.HistoryCheckService/ListPaymentsWithoutPayer", BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.HistoryCheckService/ListUnmappedAccounts", READERS,  &[Forms]),
    ("formfeed.calculation.v1.CalculationService/Calculate",            CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.CalculationService/GetRun",               READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ListRuns",             READERS,   &[Forms]),
    ("formfeed.calculation.v1.CalculationService/CancelRun",            CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.CalculationService/ListInformation",      BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ListSkippedRecipients", BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ListExceptions",       BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.CalculationService/ExplainInformation",   BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.LabService/CompareMethods",               CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.LabService/ListDifferences",              BOOK_READERS, NO_SERVICE),
    ("formfeed.calculation.v1.QuickService/QuickCalculate",             READERS,   NO_SERVICE),
    ("formfeed.calculation.v1.PaymentPreviewService/PreviewPayment",      CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.VerifyService/VerifyInformation",         BOOK_READERS, NO_SERVICE),
    ("formfeed.calculation.v1.InformationEditService/EditInformation",      CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.InformationEditService/EditAddressCode",      CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.InformationEditService/AddInformation",       CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.InformationEditService/DeleteInformation",    CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.InformationEditService/RevertInformation",    CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.InformationEditService/ListInformationChanges",BOOK_READERS, &[Forms]),
    ("formfeed.calculation.v1.ParameterSetService/GetParameterSet",         READERS,   NO_SERVICE),
    ("formfeed.calculation.v1.ParameterSetService/ListParameterSets",       READERS,   NO_SERVICE),
    ("formfeed.calculation.v1.ParameterSetService/CreateParameterSet",      CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ParameterSetService/UpdateParameterSet",      CLERKS,    NO_SERVICE),
    ("formfeed.calculation.v1.ParameterSetService/DeleteParameterSet",      CLERKS,    NO_SERVICE),

    ("formfeed.forms.v1.FormsService/ListForms",                        BOOK_READERS, NO_SERVICE),
    ("formfeed.forms.v1.FormsService/PrintForms",                       CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.FormsService/GetPrinting",                      READERS,   NO_SERVICE),
    ("formfeed.forms.v1.FormsService/ListPrintings",                    READERS,   NO_SERVICE),
    ("formfeed.forms.v1.FormsService/GetTaxYearRules",                  READERS,   NO_SERVICE),
    ("formfeed.forms.v1.ExportService/ExportForms",                     CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.ExportService/RecordAnswer",                      CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.ExportService/ListExports",                     READERS,   NO_SERVICE),
    ("formfeed.forms.v1.CorrectionService/ListCorrections",             BOOK_READERS, NO_SERVICE),
    ("formfeed.forms.v1.CorrectionService/PrintCorrections",            CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.CorrectionService/ExportCorrections",           CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.CorrectionService/VoidForm",                    CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.CorrectionService/RestoreForm",                 CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.CorrectionService/MarkNotSent",                 CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.OverviewService/GetYearOverview",               READERS,   NO_SERVICE),
    ("formfeed.forms.v1.TransmittalService/PreviewTransmittal",         READERS,   NO_SERVICE),
    ("formfeed.forms.v1.TransmittalService/PrintTransmittal",           CLERKS,    NO_SERVICE),
    ("formfeed.forms.v1.PreflightService/CheckYear",                    BOOK_READERS, NO_SERVICE),
    ("formfeed.forms.v1.ReportService/GetEditReport",                   BOOK_READERS, NO_SERVICE),

    ("formfeed.spooler.v1.JobService/SubmitJob",                        NO_PERSON, &[Forms]),
    ("formfeed.spooler.v1.JobService/SubmitTransmittal",                NO_PERSON, &[Forms]),
    ("formfeed.spooler.v1.JobService/GetJob",                           READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/ListJobs",                         READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/WatchJob",                         READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/ListSheets",                       READERS,   &[Forms]),
    ("formfeed.spooler.v1.JobService/ListQuestions",                    READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.JobService/PreviewSheet",                     READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.JobService/HoldJob",                          OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ReleaseJob",                       OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/CancelJob",                        OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ResolveSheet",                     OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ReprintSheets",                    OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/RestartJob",                       OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/AbandonSheets",                    OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/CorrectSheets",                    OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/MoveJob",                          OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/SplitJob",                         OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/SetJobPriority",                   OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ListDecisions",                    READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.JobService/ListProposals",                    READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.JobService/AgreeToProposal",                  OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.JobService/WithdrawProposal",                 OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.AlignmentService/PrintTestSheet",             OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.AlignmentService/SetAlignment",               OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.AlignmentService/ListAlignments",             READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/CreatePrinter",                OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/GetPrinter",                   READERS,   &[Forms]),
    ("formfeed.spooler.v1.PrinterService/ListPrinters",                 READERS,   &[Forms]),
    ("formfeed.spooler.v1.PrinterService/CheckPrinter",                 READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/LoadStock",                    OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/GetStockReport",               READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/PausePrinter",                 OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/ResumePrinter",                OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/TakeOverPrinter",              OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/ListLeases",                   READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/GetReconciliation",            READERS,   NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/Reconcile",                    OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/SetPrinterAccess",             OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/ApprovePrinter",               OPERATORS, NO_SERVICE),
    ("formfeed.spooler.v1.PrinterService/DeletePrinter",                OPERATORS, NO_SERVICE),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::methods;

    fn allows(path: &str, role: Role, name: &str) -> bool {
        access(path).allows(role, name)
    }

    #[test]
    fn every_method_of_the_contract_has_one_row_and_every_row_a_method() {
        let in_contract: Vec<_> = methods::all().keys().map(String::as_str).collect();
        let mut in_table: Vec<_> = ROWS.iter().map(|(path, ..)| format!("/{path}")).collect();
        in_table.sort();
        assert_eq!(in_table, in_contract);
    }

    #[test]
    fn what_is_not_in_the_table_nobody_may_call() {
        for role in [Admin, Clerk, Operator, Auditor, Role::Service] {
            assert!(!allows(
                "/formfeed.vendor.v1.VendorService/Nothing",
                role,
                "forms"
            ));
            assert!(!allows("", role, "forms"));
        }
    }

    #[test]
    fn full_tins_go_to_the_forms_service_only() {
        let method = "/formfeed.vendor.v1.VendorService/ReleaseTins";
        assert!(allows(method, Role::Service, "forms"));
        assert!(!allows(method, Role::Service, "spooler"));
        assert!(!allows(method, Admin, "admin"));
        assert!(
            !allows(method, Admin, "forms"),
            "the name alone is not enough"
        );
    }

    #[test]
    fn an_auditor_may_only_look() {
        let reads = [
            "Get",
            "List",
            "Watch",
            "Explain",
            "Verify",
            "StreamVendors",
            "BatchGet",
            "QuickCalculate",
            "CheckYear",
            "CheckPrinter",
            "PreviewSheet",
            "PreviewTransmittal",
        ];
        for (path, roles, _) in ROWS.iter().filter(|(_, roles, _)| roles.contains(&Auditor)) {
            let verb = path.split('/').next_back().unwrap();
            assert!(
                reads.iter().any(|read| verb.starts_with(read)),
                "{path}: {roles:?}"
            );
        }
    }

    #[test]
    fn tokens_are_the_admins_business() {
        for verb in ["CreateToken", "ListTokens", "RevokeToken"] {
            let path = format!("/formfeed.vendor.v1.TokenService/{verb}");
            assert!(allows(&path, Admin, "root"));
            for role in [Clerk, Operator, Auditor, Role::Service] {
                assert!(!allows(&path, role, "forms"), "{role} {path}");
            }
        }
    }

    #[test]
    fn a_clerk_prints_and_an_operator_decides() {
        let prints = "/formfeed.forms.v1.FormsService/PrintForms";
        let decides = "/formfeed.spooler.v1.JobService/ResolveSheet";
        assert!(allows(prints, Clerk, "c") && !allows(prints, Operator, "o"));
        assert!(allows(decides, Operator, "o") && !allows(decides, Clerk, "c"));
    }

    #[test]
    fn an_operator_reads_no_list_of_what_recipients_were_paid() {
        for service in ["History", "Calculation", "InformationEdit", "Lab", "Verify"] {
            let of = format!("formfeed.calculation.v1.{service}Service/");
            for (path, roles, _) in ROWS.iter().filter(|(path, ..)| path.starts_with(&of)) {
                // A run tells the sums of a payer.
                let is_of_runs = path.ends_with("/GetRun") || path.ends_with("/ListRuns");
                assert_eq!(roles.contains(&Operator), is_of_runs, "{path}");
            }
        }
        let report = "/formfeed.forms.v1.ReportService/GetEditReport";
        assert!(allows(report, Auditor, "a") && !allows(report, Operator, "o"));
    }

    #[test]
    fn health_is_open_and_reflection_on_loopback() {
        assert!(matches!(
            access("/grpc.health.v1.Health/Check"),
            Access::Open
        ));
        let reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
        assert!(matches!(access(reflection), Access::OpenOnLoopback));
    }
}
