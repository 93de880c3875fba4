//! The socket's name on this system, and who is at its other end.

use super::place::InstancePlace;
use interprocess::local_socket::{Name, Stream};
use std::io;

#[cfg(unix)]
pub(super) fn name(place: &InstancePlace) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericFilePath, ToFsName};
    place.socket().to_fs_name::<GenericFilePath>()
}

#[cfg(not(unix))]
pub(super) fn name(place: &InstancePlace) -> io::Result<Name<'static>> {
    use interprocess::local_socket::{GenericNamespaced, ToNsName};
    let file = place.socket();
    let name = file.file_name().unwrap_or_default().to_owned();
    name.to_ns_name::<GenericNamespaced>()
}

/// Whether the other end is a program of the same user. Elsewhere than on Unix the system lets in no others.
#[cfg(unix)]
pub(super) fn is_own(stream: &Stream) -> bool {
    use interprocess::local_socket::traits::StreamCommon;
    let peer = stream.peer_creds().ok().and_then(|peer| peer.euid());
    peer == Some(rustix::process::geteuid().as_raw())
}

#[cfg(not(unix))]
pub(super) fn is_own(_: &Stream) -> bool {
    true
}
