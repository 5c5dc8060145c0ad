//! A private MariaDB for a whole test run: prints its URL and serves until this process ends.
//!
//! `make test` starts it once and hands the URL to every test process as `TEST_MYSQL_URL`. Kill it in any way: the
//! server and its folder go with it.
#![allow(clippy::print_stdout, reason = "the URL is the output")]

use testkit::MariaDb;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    println!("{}", MariaDb::shared().await.url());
    std::future::pending::<()>().await;
}
