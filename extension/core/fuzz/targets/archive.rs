#![no_main]
#[allow(dead_code)]
#[path = "../entry/mod.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|data: &[u8]| entry::archive::archive(data));
