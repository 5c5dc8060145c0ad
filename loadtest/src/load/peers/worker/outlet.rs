//! What goes out on one connection. Whoever sends waits for nobody: what the socket does not take is kept, and goes out
//! as soon as it takes more.

use crate::load::wire::{Opcode, put_frame};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::task::spawn_local;

/// The way out.
pub struct Outlet {
    writer: OwnedWriteHalf,
    /// What the socket did not take yet. A schedule is bounded, so this is.
    backlog: RefCell<Vec<u8>>,
    is_waiting: Cell<bool>,
}

impl Outlet {
    /// Of this socket.
    #[must_use]
    pub fn new(writer: OwnedWriteHalf) -> Rc<Self> {
        Rc::new(Self { writer, backlog: RefCell::default(), is_waiting: Cell::new(false) })
    }

    /// Sends a frame.
    pub fn send(self: &Rc<Self>, opcode: Opcode, payload: &[u8]) {
        put_frame(&mut self.backlog.borrow_mut(), opcode, payload);
        if self.is_waiting.get() {
            return;
        }
        self.flush();
        if !self.backlog.borrow().is_empty() {
            self.is_waiting.set(true);
            spawn_local(Self::wait(self.clone()));
        }
    }

    /// Writes what the socket takes. One that is broken is found out about by whoever reads.
    fn flush(&self) {
        let mut backlog = self.backlog.borrow_mut();
        match self.writer.try_write(&backlog) {
            Ok(length) => drop(backlog.drain(..length)),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => backlog.clear(),
        }
    }

    async fn wait(self: Rc<Self>) {
        while !self.backlog.borrow().is_empty() && self.writer.writable().await.is_ok() {
            self.flush();
        }
        self.is_waiting.set(false);
    }
}
