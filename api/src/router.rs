//! Every address of the node on one screen, with who may take it and which rate rule holds beside it.

use crate::app::App;
use crate::auth::viewer;
use crate::edge::limits::{By, Limit};
use crate::edge::{headers, measure, origin};
use crate::error::ApiError;
use crate::openapi;
use crate::page;
use crate::routes::{about, auth, conversations, groups, messages, users};
use salvo::affix_state;
use salvo::http::Method;
use salvo::http::header::{ALLOW, HeaderValue};
use salvo::oapi::{RouterExt, SecurityRequirement};
use salvo::routing::MethodFilter;
use salvo::{Depot, FlowCtrl, Handler, Request, Response, Router, Writer, async_trait, handler};
use shared::error::Code;
use shared::rate::{self, Rule};
use std::sync::Arc;

/// The routes of a node, to be served by [`shared::serve`]. Ends in a catch-all: routers of others that are
/// to be reached come before it.
#[must_use]
pub fn router(app: Arc<App>) -> Router {
    let calls = calls();
    let docs = openapi::router(&calls);
    let client = page::router(app.client.clone());
    Router::new()
        .hoop(affix_state::inject(app))
        .hoop(measure::measure)
        .hoop(headers::secure)
        .hoop(origin::share)
        .push(calls)
        .push(docs)
        .push(client)
        .push(Router::with_path("{**rest}").goal(absent))
}

/// The REST calls.
fn calls() -> Router {
    let (get, post, patch, delete) = (Method::GET, Method::POST, Method::PATCH, Method::DELETE);
    Router::with_path("api")
        .push(at("about", [open(&get, rate::REQUEST, about::show_about)]))
        .push(at("auth/register", [open(&post, rate::REGISTER, auth::register_account)]))
        .push(at("auth/login", [open(&post, rate::LOGIN_ADDRESS, auth::log_in)]))
        .push(at("auth/refresh", [open(&post, rate::REFRESH, auth::refresh_session)]))
        .push(at("auth/logout", [open(&post, rate::REQUEST, auth::log_out)]))
        .push(at("auth/password", [confirmed(&post, rate::PASSWORD, auth::change_password)]))
        .push(at("auth/deactivate", [confirmed(&post, rate::PASSWORD, auth::close_account)]))
        .push(at(
            "auth/sessions",
            [
                own(&get, rate::REQUEST, auth::list_sessions),
                own(&delete, rate::REQUEST, auth::end_other_sessions),
            ],
        ))
        .push(at("auth/sessions/{id}", [own(&delete, rate::REQUEST, auth::end_session)]))
        .push(at(
            "users/me",
            [own(&get, rate::REQUEST, users::show_me), own(&patch, rate::REQUEST, users::change_me)],
        ))
        .push(at("users/find", [own(&get, rate::FIND_USER, users::find_user)]))
        .push(at("users/{id}", [own(&get, rate::REQUEST, users::show_user)]))
        .push(at("messages/send", [own(&post, rate::SEND, messages::send_message)]))
        .push(at("messages/list", [own(&get, rate::REQUEST, messages::list_messages)]))
        .push(at("groups/create", [own(&post, rate::GROUPS, groups::create_group)]))
        .push(at("groups/join", [own(&post, rate::GROUPS, groups::join_group)]))
        .push(at("groups/leave", [own(&post, rate::GROUPS, groups::leave_group)]))
        .push(at("groups/kick", [own(&post, rate::GROUPS, groups::kick_member)]))
        .push(at("groups/list", [own(&get, rate::REQUEST, groups::list_groups)]))
        .push(at("groups/{id}", [own(&get, rate::REQUEST, groups::show_group)]))
        .push(at("groups/{id}/members", [own(&get, rate::REQUEST, groups::list_members)]))
        .push(at("conversations", [own(&get, rate::REQUEST, conversations::list_conversations)]))
        .push(at("conversations/read", [own(&post, rate::REQUEST, conversations::read_all)]))
        .push(at("conversations/{id}", [own(&patch, rate::REQUEST, conversations::change_view)]))
}

/// A call and its method.
pub(crate) type Call = (Method, Router);

/// Everybody may; counted for the address.
fn open(method: &Method, rule: Rule, handler: impl Handler) -> Call {
    call(method, Router::new().hoop(Limit { rule, by: By::Address }).goal(handler))
}

/// Whoever is logged in may; counted for the account.
fn own(method: &Method, rule: Rule, handler: impl Handler) -> Call {
    signed_in(method, Limit { rule, by: By::Account }, handler)
}

/// Whoever is logged in and gives the password may; counted for the session, so that one that was stolen
/// guesses slowly and locks nobody out.
fn confirmed(method: &Method, rule: Rule, handler: impl Handler) -> Call {
    signed_in(method, Limit { rule, by: By::Session }, handler)
}

fn signed_in(method: &Method, limit: Limit, handler: impl Handler) -> Call {
    let router = Router::new().hoop(viewer::require).hoop(limit).goal(handler);
    let none: [&str; 0] = [];
    call(method, router.oapi_security(SecurityRequirement::new(openapi::BEARER, none)))
}

fn call(method: &Method, router: Router) -> Call {
    (method.clone(), router.filter(MethodFilter::new(method.clone())))
}

/// The calls of a path. Any other method is refused by name, with all the headers that answers have.
pub(crate) fn at<const N: usize>(path: &str, calls: [Call; N]) -> Router {
    let methods: Vec<&str> = calls.iter().map(|(method, _)| method.as_str()).collect();
    let others =
        OtherMethods(HeaderValue::from_str(&methods.join(", ")).unwrap_or(HeaderValue::from_static("")));
    let resource = path.split('/').next().unwrap_or_default();
    // The top has no path to be matched, and Salvo warns of an empty one.
    let start = if path.is_empty() { Router::new() } else { Router::with_path(path) };
    let start = start.oapi_tag(resource).goal(others);
    calls.into_iter().fold(start, |router, (_, call)| router.push(call))
}

/// Refuses a method that the path does not have, naming those that it has.
struct OtherMethods(HeaderValue);

#[async_trait]
impl Handler for OtherMethods {
    async fn handle(&self, req: &mut Request, depot: &mut Depot, res: &mut Response, _: &mut FlowCtrl) {
        res.headers_mut().insert(ALLOW, self.0.clone());
        ApiError::from(Code::MethodNotAllowed).write(req, depot, res).await;
    }
}

/// What is no address of ours.
#[handler]
async fn absent(req: &mut Request, depot: &mut Depot, res: &mut Response) {
    ApiError::from(Code::NotFound).write(req, depot, res).await;
}
