//! A document that opens with a password: AES-256 by the standard security handler of PDF 2.0 (revision 6).

use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Object, Permissions, StringFormat};
use zeroize::Zeroizing;

use super::RenderError;
use super::pdf::failed;

/// The name of the filter for every stream and string.
const FILTER: &[u8] = b"StdCF";

/// Encrypts every stream and string of a finished document. Whoever has the password may read, print and copy; the
/// owner's password is random and known to nobody, so that no second one opens it.
pub(super) fn lock(document: &mut Document, password: &str) -> Result<(), RenderError> {
    let mut key = Zeroizing::new([0; 32]);
    let mut owner = Zeroizing::new([0; 32]);
    getrandom::fill(key.as_mut_slice()).map_err(failed)?;
    getrandom::fill(owner.as_mut_slice()).map_err(failed)?;
    let mut id = [0; 16];
    getrandom::fill(&mut id).map_err(failed)?;
    let owner = owner.iter().map(|byte| format!("{byte:02x}"));
    let owner = Zeroizing::new(owner.collect::<String>());
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let state = EncryptionState::try_from(EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(FILTER.to_vec(), filter)]),
        file_encryption_key: key.as_slice(),
        stream_filter: FILTER.to_vec(),
        string_filter: FILTER.to_vec(),
        owner_password: &owner,
        user_password: password,
        permissions: Permissions::all(),
    });
    // Readers want an id beside a lock, though this one is made without it.
    let id = Object::String(id.to_vec(), StringFormat::Hexadecimal);
    document.trailer.set("ID", vec![id.clone(), id]);
    document.version = "2.0".to_owned();
    document.encrypt(&state.map_err(failed)?).map_err(failed)?;
    tell_key_length(document).map_err(failed)
}

/// Some readers take a lock that tells no length for one of 40 bits.
fn tell_key_length(document: &mut Document) -> lopdf::Result<()> {
    let lock = document.trailer.get(b"Encrypt")?.as_reference()?;
    let lock = document.get_object_mut(lock)?.as_dict_mut()?;
    lock.set("Length", 256);
    let filter = lock.get_mut(b"CF")?.as_dict_mut()?.get_mut(FILTER)?;
    let filter = filter.as_dict_mut()?;
    filter.set("Length", 32);
    filter.set("AuthEvent", Object::Name(b"DocOpen".to_vec()));
    Ok(())
}
