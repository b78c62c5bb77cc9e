//! An AP extract in the making: one payer, its vendors, and what they were paid, as the CSV folder that an ERP writes.

use std::collections::BTreeMap;
use std::fs;

/// Files by name, each with its header and rows.
#[derive(Debug, Clone)]
pub struct Ledger {
    files: BTreeMap<&'static str, String>,
    vouchers: u32,
}

impl Ledger {
    /// The payer `ACME` with its bank account `BANK`, and the account `6000` for contract labor.
    pub fn of_acme() -> Self {
        let files = BTreeMap::from([
            (
                "payers.csv",
                "payer_id,name,tin,address_line_1,city,state,postal_code,phone\n\
                 ACME,Acme Water District,00-0000017,1 Basin Road,Dover,DE,19901,555-010-0001\n",
            ),
            (
                "organizations.csv",
                "org_id,parent_org_id,payer_id\n1,,ACME\n",
            ),
            (
                "cash_accounts.csv",
                "cash_account_id,org_id,description\nBANK,1,Operating\n",
            ),
            (
                "accounts.csv",
                "account_id,description,income_type\n6000,Contract labor,nonemployee_compensation\n",
            ),
            (
                "vendors.csv",
                "vendor_id,name,tin,tin_type,classification,flag_1099,address_code\n",
            ),
            (
                "vendor_addresses.csv",
                "vendor_id,address_code,line_1,city,state,postal_code\n",
            ),
            (
                "vouchers.csv",
                "voucher_id,vendor_id,invoice_number,invoice_date,invoice_amount\n",
            ),
            (
                "voucher_lines.csv",
                "voucher_id,line,amount,reportable,income_type,account_id\n",
            ),
            (
                "payments.csv",
                "payment_id,pay_vendor_id,method,payment_date,cash_account_id,amount\n",
            ),
            ("payment_applications.csv", "payment_id,voucher_id,amount\n"),
        ]);
        Self {
            files: files
                .into_iter()
                .map(|(name, text)| (name, text.to_owned()))
                .collect(),
            vouchers: 0,
        }
    }

    /// Adds a row to a file as it stands there.
    ///
    /// # Panics
    /// When there is no such file.
    pub fn row(&mut self, file: &str, row: &str) -> &mut Self {
        let rows = self.files.get_mut(file).expect("a file of the ledger");
        rows.push_str(row);
        rows.push('\n');
        self
    }

    /// Adds an individual with flag Y, an EIN (or none) and an address.
    pub fn vendor(&mut self, id: &str, ein: &str) -> &mut Self {
        let kind = if ein.is_empty() { "" } else { "ein" };
        let row = format!("{id},Vendor {id},{ein},{kind},individual,Y,MAIN");
        self.row("vendors.csv", &row).address(id)
    }

    /// Adds the address `MAIN` of a vendor.
    pub fn address(&mut self, vendor_id: &str) -> &mut Self {
        let row = format!("{vendor_id},MAIN,1 Quay,Dover,DE,19901");
        self.row("vendor_addresses.csv", &row)
    }

    /// Adds a voucher for contract labor and the check of 2025 that pays it.
    pub fn paid(&mut self, vendor_id: &str, amount: &str) -> &mut Self {
        self.paid_from(vendor_id, amount, "BANK", "6000")
    }

    /// The same, drawn on a cash account and posted to an account; `payments/P1` pays `vouchers/A1`, and so on.
    pub fn paid_from(
        &mut self,
        vendor_id: &str,
        amount: &str,
        cash_account: &str,
        account: &str,
    ) -> &mut Self {
        self.vouchers += 1;
        let n = self.vouchers;
        self.row(
            "vouchers.csv",
            &format!("A{n},{vendor_id},INV{n},2025-05-01,{amount}"),
        )
        .row(
            "voucher_lines.csv",
            &format!("A{n},1,{amount},Y,nonemployee_compensation,{account}"),
        )
        .row(
            "payments.csv",
            &format!("P{n},{vendor_id},check,2025-06-01,{cash_account},{amount}"),
        )
        .row("payment_applications.csv", &format!("P{n},A{n},{amount}"))
    }

    /// Writes the folder; it goes with the value.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (name, text) in &self.files {
            fs::write(folder.path().join(name), text).expect("a file of the ledger");
        }
        folder
    }
}
