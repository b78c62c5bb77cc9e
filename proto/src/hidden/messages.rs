//! Which messages have no `Debug` that is made by the build.

/// Messages that carry a full TIN, a password or a token's secret: `hidden.rs` shows them without it. The build reads this too.
pub(crate) const HIDDEN: [&str; 11] = [
    "formfeed.forms.v1.EditReportRow",
    "formfeed.forms.v1.ExportPiece",
    "formfeed.forms.v1.ReportContent",
    "formfeed.spooler.v1.FullTin",
    "formfeed.spooler.v1.PrinterAccess",
    "formfeed.vendor.v1.CreateTokenResponse",
    "formfeed.vendor.v1.FindVendorsByTinRequest",
    "formfeed.vendor.v1.Payer",
    "formfeed.vendor.v1.ReleasedTin",
    "formfeed.vendor.v1.Transmitter",
    "formfeed.vendor.v1.Vendor",
];
