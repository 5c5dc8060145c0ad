//! The kinds of fault: their names, how long each lasts at the least, and how soon everybody should be over it.

use std::fmt;
use std::time::Duration;

macro_rules! kinds {
    ($($kind:ident $name:literal $short:literal $hold:literal $bound:literal),* $(,)?) => {
        /// A kind of fault.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "the name says it")]
        pub enum Kind { $($kind),* }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// Its name, as `--kinds` takes it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            /// How long it lasts at the least: long enough for what should notice it, or only to be felt.
            #[must_use]
            pub fn hold(self, short: bool) -> Duration {
                let (short_ms, hold_ms) = match self { $(Self::$kind => ($short, $hold)),* };
                Duration::from_millis(if short { short_ms } else { hold_ms })
            }

            /// Within what everybody should be over it.
            #[must_use]
            pub fn bound(self) -> Duration {
                Duration::from_millis(match self { $(Self::$kind => $bound),* })
            }
        }
    };
}

kinds! {
    GatewayKill "gateway-kill" 300 300 3000,
    GatewayTerm "gateway-term" 300 300 3000,
    GatewayStop "gateway-stop" 1800 2500 3000,
    GatewayStopLong "gateway-stop-long" 5000 13000 3000,
    ApiKill "api-kill" 300 300 2000,
    ApiKillUnheard "api-kill-unheard" 300 300 5000,
    ApiTerm "api-term" 300 300 2000,
    ApiStop "api-stop" 1800 2500 10000,
    ApiStopLong "api-stop-long" 5000 12000 10000,
    ApiStopLocked "api-stop-locked" 3500 7000 10000,
    RedisKill "redis-kill" 600 1000 3000,
    RedisTerm "redis-term" 600 1000 3000,
    RedisStop "redis-stop" 2300 3500 3000,
    PubsubKill "pubsub-kill" 500 500 3000,
    BufferOverflow "buffer-overflow" 500 1500 5000,
    DbKill "db-kill" 500 500 5000,
    DbTerm "db-term" 500 500 5000,
    DbStop "db-stop" 2000 3500 5000,
    GatewayRedisCut "gateway-redis-cut" 1000 1500 5000,
    GatewayRedisHalf "gateway-redis-half" 2500 4000 5000,
    GatewayRedisDrop "gateway-redis-drop" 3500 4000 5000,
    GatewayRedisStall "gateway-redis-stall" 2000 3000 5000,
    GatewayRedisDelay "gateway-redis-delay" 1000 1500 5000,
    ApiRedisCut "api-redis-cut" 1000 1500 5000,
    ApiRedisHalf "api-redis-half" 2000 3000 5000,
    ApiRedisDrop "api-redis-drop" 2500 4000 5000,
    ApiRedisStall "api-redis-stall" 2000 3000 5000,
    GatewayApiCut "gateway-api-cut" 1000 1500 5000,
    GatewayApiHalf "gateway-api-half" 2000 3000 5000,
    GatewayApiDrop "gateway-api-drop" 2000 4000 5000,
    GatewayApiDelay "gateway-api-delay" 1000 1500 5000,
    ApiDbCut "api-db-cut" 1000 1500 5000,
    ApiDbHalf "api-db-half" 2000 4000 5000,
    ApiDbStall "api-db-stall" 2000 3000 5000,
    ApiDbDelay "api-db-delay" 1000 1500 5000,
    SlowReaders "slow-readers" 4000 4500 5000,
    Reconnects "mass-reconnect" 400 400 5000,
    LogOuts "mass-log-out" 400 400 5000,
    Renewals "mass-renewal" 400 400 5000,
    Expiries "mass-expiry" 4500 4500 5000,
}

impl Kind {
    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
