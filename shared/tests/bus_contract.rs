//! The in-process bus does what every bus must.

use shared::bus::Bus;
use shared::bus::memory::MemoryBus;
use std::sync::Arc;

fn join() -> impl AsyncFn() -> Arc<dyn Bus> {
    let bus = Arc::new(MemoryBus::new());
    async move || bus.clone() as Arc<dyn Bus>
}

testkit::bus_contract!(join());
