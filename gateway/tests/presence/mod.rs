//! Who is seen as online, by whom, and for how long.

mod comings;
mod crashes;
mod watching;
