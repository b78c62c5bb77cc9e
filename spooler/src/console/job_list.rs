//! Every job there is, a page at a time.

use axum::Extension;
use axum::extract::RawQuery;
use axum::response::Response;
use formfeed_proto::spooler as pb;
use maud::{Markup, html};
use url::form_urlencoded;

use super::form::Form;
use super::overview::table;
use super::page::{self, Place};
use super::person::Person;

/// Jobs of a page.
const SIZE: i32 = 50;

/// What a list of jobs is narrowed to, as a form says it.
#[derive(Debug, Clone, Default)]
pub(super) struct Search {
    pub(super) payer: String,
    pub(super) year: String,
    pub(super) recipient: String,
    pub(super) printer: String,
    pub(super) open: bool,
    pub(super) page: String,
}

impl Search {
    pub(super) fn read(query: Option<&str>) -> Self {
        let form = Form::query(query);
        Self {
            payer: form.text("payer").to_owned(),
            year: form.text("year").to_owned(),
            recipient: form.text("recipient").to_owned(),
            printer: form.text("printer").to_owned(),
            open: form.is_set("open"),
            page: form.text("page").to_owned(),
        }
    }

    /// What is asked of the service. A year that is none finds nothing.
    pub(super) fn request(&self, size: i32, ended_only: bool) -> pb::ListJobsRequest {
        let printer = match self.printer.as_str() {
            "" => String::new(),
            printer => format!("printers/{printer}"),
        };
        pb::ListJobsRequest {
            page_size: size,
            page_token: self.page.clone(),
            printer,
            payer_id: self.payer.clone(),
            open_only: self.open,
            tax_year: match self.year.as_str() {
                "" => 0,
                year => year.parse().unwrap_or(-1),
            },
            account_number: self.recipient.clone(),
            ended_only,
            in_line: false,
        }
    }

    /// The same as the query of an address, at a page.
    pub(super) fn query(&self, page: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let fields = [
            ("payer", self.payer.as_str()),
            ("year", &self.year),
            ("recipient", &self.recipient),
            ("printer", &self.printer),
            ("open", if self.open { "on" } else { "" }),
            ("page", page),
        ];
        for (name, value) in fields.into_iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.finish()
    }

    /// The form that narrows a list. `open` says whether one may ask for open jobs alone.
    pub(super) fn form(&self, action: &str, open: bool) -> Markup {
        html! {
            form.search method="get" action=(action) role="search" {
                div { label for="payer" { "Payer" } input id="payer" name="payer" value=(self.payer); }
                div { label for="year" { "Year" } input id="year" name="year" inputmode="numeric" pattern="[0-9]{4}" size="6" value=(self.year); }
                div { label for="recipient" { "Recipient (account number)" } input id="recipient" name="recipient" value=(self.recipient); }
                div { label for="printer" { "Printer" } input id="printer" name="printer" value=(self.printer); }
                @if open {
                    div.tick { input id="open" name="open" type="checkbox" checked[self.open]; label for="open" { "Open only" } }
                }
                button type="submit" { "Search" }
            }
        }
    }

    /// Links to the first page and the next one.
    pub(super) fn pager(&self, path: &str, next: &str) -> Markup {
        html! {
            nav.pager aria-label="More" {
                @if !self.page.is_empty() { a href={ (path) "?" (self.query("")) } { "First page" } }
                @if !next.is_empty() { a href={ (path) "?" (self.query(next)) } rel="next" { "Next page" } }
            }
        }
    }
}

/// The page.
pub(super) async fn show(
    Extension(person): Extension<Person>,
    RawQuery(query): RawQuery,
) -> Response {
    let search = Search::read(query.as_deref());
    let found = match person.jobs(search.request(SIZE, false)).await {
        Ok(found) => found,
        Err(status) => return page::trouble(&person, &status),
    };
    let path = person.path("/jobs");
    let body = html! {
        h1 { "Jobs" }
        (search.form(&path, true))
        @if found.jobs.is_empty() { p.empty { "No such job." } } @else { (table(&person, &found.jobs)) }
        (search.pager(&path, &found.next_page_token))
    };
    page::show(&person, (Place::Jobs, "Jobs"), None, &body)
}
