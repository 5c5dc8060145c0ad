//! Each call through the door answers what the call within the process answers.

use crate::support::{ApiNode, Door, to};
use gateway::api::Api;
use shared::door::{AttachQuestion, EntriesQuestion, ReadMark, RosterQuestion, SumQuestion, WatchQuestion};
use shared::draft::Target;
use shared::error::Code;
use shared::ids::{GroupId, UserId};
use testkit::eventually;

#[tokio::test]
async fn drafts_are_stored_in_order_and_a_repeat_gets_the_same_places() {
    let node = ApiNode::start().await;
    let (alice, _) = node.person().await;
    let (bob, _) = node.person().await;
    let door = Door::to(&[node.address]);
    let nobody = to(alice, UserId(999_999), "hello?");
    let drafts = vec![to(alice, bob, "one"), nobody, to(alice, bob, "two \u{1} \"😀\"")];
    let outcomes = door.api.append(7, drafts.clone()).await.unwrap();
    assert_eq!([outcomes[0].unwrap().seq, outcomes[2].unwrap().seq], [1, 2]);
    assert_eq!(outcomes[1].unwrap_err().code, Code::NotFound);
    assert_eq!(outcomes, node.app.append.append(drafts.clone()).await, "as within the process");
    assert_eq!(outcomes, door.api.append(7, drafts).await.unwrap());
}

#[tokio::test]
async fn the_longest_batch_that_json_can_make_is_taken() {
    let node = ApiNode::start().await;
    let ((alice, _), (bob, _)) = (node.person().await, node.person().await);
    let door = Door::to(&[node.address]);
    // JSON writes each of these bytes as six.
    let longest = "\u{1}".repeat(node.app.config.max_content);
    let drafts: Vec<_> = (0..256).map(|_| to(alice, bob, &longest)).collect();
    assert!(serde_json::to_vec(&drafts).unwrap().len() > 6 * 256 * longest.len(), "the premise");
    let outcomes = door.api.append(0, drafts).await.unwrap();
    assert_eq!(outcomes.last().unwrap().unwrap().seq, 256);
}

#[tokio::test]
async fn every_look_up_answers_what_it_answers_within_the_process() {
    let node = ApiNode::start().await;
    let ((alice, alices), (bob, bobs), (carol, _)) =
        (node.person().await, node.person().await, node.person().await);
    let (append, inside) = (&node.app.append, &node.app.door);
    append.send(to(alice, bob, "hi")).await.unwrap();
    let group = append.create_group(alice, "tea", "").await.unwrap();
    append.join(bob, group).await.unwrap();
    let in_group = shared::draft::Draft { target: Target::Group(group), ..to(bob, alice, "in the group") };
    let talk = append.send(in_group).await.unwrap().conversation_id;
    let door = Door::to(&[node.address]).api;

    let asked = [(alice, alices), (bob, alices), (bob, bobs)];
    let asked = asked.map(|(user_id, session_id)| AttachQuestion { user_id, session_id }).to_vec();
    let answers = door.attach(asked.clone()).await.unwrap();
    assert_eq!((answers[0].groups.len(), answers[0].heads.len()), (1, 2));
    assert_eq!(answers, inside.attach(asked).await.unwrap());

    let roster = |group_id| RosterQuestion { group_id, user_ids: vec![alice, bob, carol] };
    let asked = vec![roster(group), roster(GroupId(999_999))];
    let answers = door.rosters(asked.clone()).await.unwrap();
    assert_eq!(answers[0].as_ref().unwrap().members.len(), 2);
    assert_eq!(answers, inside.rosters(asked).await.unwrap());

    let asked = EntriesQuestion { conversation_id: talk, after: 0, through: 3 };
    let answers = door.entries(asked).await.unwrap();
    assert_eq!(answers.len(), 3);
    assert_eq!(answers, inside.entries(asked).await.unwrap());
    let beyond = EntriesQuestion { after: 3, through: 9, ..asked };
    assert!(door.entries(beyond).await.unwrap().is_empty());

    let asked: Vec<_> =
        [(alice, 4), (alice, 3), (carol, 0)].map(|(user_id, sum)| SumQuestion { user_id, sum }).to_vec();
    let answers = door.sums(asked.clone()).await.unwrap();
    assert_eq!(answers.iter().map(Option::is_some).collect::<Vec<_>>(), [false, true, false]);
    assert_eq!(answers, inside.sums(asked).await.unwrap());

    let asked = WatchQuestion { user_id: alice, user_ids: vec![bob, carol] };
    let answers = door.watchable(asked.clone()).await.unwrap();
    assert_eq!(answers.len(), 1);
    assert_eq!(answers, inside.watchable(asked).await.unwrap());

    assert_eq!((door.may_type(alice, bob).await, door.may_type(alice, carol).await), (Ok(true), Ok(false)));
}

#[tokio::test]
async fn a_read_mark_moves_the_cursor() {
    let node = ApiNode::start().await;
    let ((alice, _), (bob, bobs)) = (node.person().await, node.person().await);
    let conversation_id = node.app.append.send(to(alice, bob, "hi")).await.unwrap().conversation_id;
    let door = Door::to(&[node.address]).api;
    door.read(vec![ReadMark { user_id: bob, conversation_id, seq: 1 }]).await.unwrap();
    eventually("the cursor has moved", async || {
        let asked = vec![AttachQuestion { user_id: bob, session_id: bobs }];
        (door.attach(asked).await.unwrap()[0].heads[&conversation_id] == [1, 1, 0]).then_some(())
    })
    .await;
}
