//! Who may ask, and what is not a question.

use crate::support::{ApiNode, Door, SECRET, to};
use api::store::messages::{Cursor, page};
use gateway::api::{Api, Unavailable};
use salvo::Service;
use salvo::http::StatusCode;
use salvo::test::{ResponseExt, TestClient};
use serde_json::{Value, json};
use shared::config::Secret;
use shared::door::Call;

/// The internal port without a socket: what `bearer` shows, and the answer to `body`.
async fn ask(node: &ApiNode, call: &str, bearer: Option<&[u8]>, body: &str) -> (StatusCode, Value) {
    let router = api::door::http::router(node.app.clone(), Secret::new(SECRET.to_vec()));
    let service: Service = shared::serve::service(router);
    let mut request = TestClient::post(format!("http://127.0.0.1/internal/v1/{call}")).body(body.to_owned());
    if let Some(bearer) = bearer {
        request = request.add_header("authorization", [b"Bearer ", bearer].concat(), true);
    }
    let mut response = request.send(&service).await;
    let status = response.status_code.unwrap();
    (status, response.take_json().await.unwrap_or_default())
}

#[tokio::test]
async fn without_the_right_secret_every_call_is_refused_and_nothing_is_done() {
    let node = ApiNode::start().await;
    let ((alice, _), (bob, _)) = (node.person().await, node.person().await);
    let first = node.app.append.send(to(alice, bob, "the premise")).await.unwrap();
    let draft = to(alice, bob, "slipped in");
    let body = serde_json::to_string(&vec![draft.clone()]).unwrap();
    let mut longer = SECRET.to_vec();
    longer.push(b'!');
    for bearer in
        [None, Some(&b""[..]), Some(&SECRET[..31]), Some(&longer), Some(b"another secret of 32 bytes or so")]
    {
        for call in Call::ALL {
            let (status, answer) = ask(&node, call.name(), bearer, &body).await;
            assert_eq!(
                (status, &answer["error"]["code"]),
                (StatusCode::UNAUTHORIZED, &json!("unauthorized"))
            );
        }
    }
    let stranger = Door::with(b"another secret of 32 bytes or so", &[node.address]);
    assert_eq!(stranger.api.append(0, vec![draft]).await, Err(Unavailable));
    assert_eq!(stranger.api.may_type(alice, bob).await, Err(Unavailable));
    let mut conn = node.app.db.read().await.unwrap();
    let log = page(&mut conn, first.conversation_id, 1..=i64::MAX, Cursor::After(0), 10).await.unwrap();
    assert_eq!(log.messages.len(), 1);

    let (status, answer) = ask(&node, "append", Some(SECRET), &body).await;
    assert_eq!((status, &answer[0]["Ok"]["seq"]), (StatusCode::OK, &json!(2)), "with it, all of it works");
}

#[tokio::test]
async fn what_is_not_a_question_is_refused_and_fields_of_a_newer_gateway_are_passed_over() {
    let node = ApiNode::start().await;
    let ((alice, alices), (bob, _)) = (node.person().await, node.person().await);
    for body in ["", "{", "[1]", "{}"] {
        for call in Call::ALL {
            let (status, answer) = ask(&node, call.name(), Some(SECRET), body).await;
            assert_eq!(
                (status, &answer["error"]["code"]),
                (StatusCode::BAD_REQUEST, &json!("bad_json")),
                "{body}"
            );
        }
    }
    assert_eq!(ask(&node, "no_such_call", Some(SECRET), "[]").await.0, StatusCode::NOT_FOUND);

    let mut draft = serde_json::to_value(to(alice, bob, "hi")).unwrap();
    draft["mood"] = json!({"of": ["a", "later", "release"]});
    let questions = [
        ("append", json!([draft])),
        ("attach", json!([{"user_id": alice, "session_id": alices, "mood": 7}])),
        ("rosters", json!([{"group_id": 1, "user_ids": [alice], "mood": 7}])),
        ("entries", json!({"conversation_id": 1, "after": 0, "through": 1, "mood": 7})),
        ("sums", json!([{"user_id": alice, "sum": 0, "mood": 7}])),
        ("read", json!([{"user_id": alice, "conversation_id": 1, "seq": 1, "mood": 7}])),
        ("watchable", json!({"user_id": alice, "user_ids": [bob], "mood": 7})),
        ("may_type", json!({"user_id": alice, "peer_id": bob, "mood": 7})),
        ("announce", json!({"conversation_ids": [1], "mood": 7})),
    ];
    assert_eq!(questions.each_ref().map(|(call, _)| *call), Call::ALL.map(Call::name));
    for (call, question) in questions {
        let (status, answer) = ask(&node, call, Some(SECRET), &question.to_string()).await;
        assert_eq!(status, StatusCode::OK, "{call}: {answer}");
    }
}
