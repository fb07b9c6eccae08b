-- Generated from the sources of the extension; extension/sql/README.md says how. Do not edit.

\echo Use "create extension vigil_platform" to load this file. \quit

CREATE FUNCTION "archive_files"(
	"prefix" TEXT
) RETURNS TABLE (
	"path" TEXT,
	"bytes" bigint,
	"modified_at" timestamp with time zone
)
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'archive_files_wrapper';

CREATE FUNCTION "archive_hash"(
	"path" TEXT
) RETURNS TABLE (
	"sha256" TEXT,
	"bytes" bigint
)
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'archive_hash_wrapper';

CREATE FUNCTION "archive_read"(
	"path" TEXT
) RETURNS bytea
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'archive_read_wrapper';

CREATE FUNCTION "archive_remove"(
	"path" TEXT
) RETURNS bool
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'archive_remove_wrapper';

CREATE FUNCTION "archive_status"() RETURNS TABLE (
	"configured" bool,
	"writable" bool,
	"free_bytes" bigint
)
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'archive_status_wrapper';

CREATE FUNCTION "archive_write"(
	"path" TEXT,
	"content" bytea
) RETURNS TEXT
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'archive_write_wrapper';

CREATE FUNCTION "base32"(
	"bytes" bytea
) RETURNS TEXT
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'base32_wrapper';

CREATE FUNCTION "bucket_used_at"(
	"bucket" TEXT
) RETURNS timestamp with time zone
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'bucket_used_at_wrapper';

CREATE FUNCTION "buckets"() RETURNS bigint
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'buckets_wrapper';

CREATE FUNCTION "count_request"(
	"bearer" TEXT,
	"tenant_id" INT,
	"name" TEXT
) RETURNS jsonb
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'count_request_wrapper';

CREATE FUNCTION "displaced_buckets"() RETURNS bigint
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'displaced_buckets_wrapper';

CREATE FUNCTION "hash_password"(
	"password" TEXT
) RETURNS TEXT
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'hash_password_wrapper';

CREATE FUNCTION "learn_limits"(
	"bearer" TEXT,
	"tenant_id" INT,
	"limits" jsonb
) RETURNS VOID
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'learn_limits_wrapper';

CREATE FUNCTION "open_request"(
	"has_claims" bool
) RETURNS jsonb
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'open_request_wrapper';

CREATE FUNCTION "password_needs_rehash"(
	"hash" TEXT
) RETURNS bool
STRICT STABLE PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'password_needs_rehash_wrapper';

CREATE FUNCTION "random_token"(
	"bytes" INT DEFAULT 32
) RETURNS TEXT
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'random_token_wrapper';

CREATE FUNCTION "run_dead_man_command"(
	"message" TEXT
) RETURNS INT
STRICT
LANGUAGE c
AS 'MODULE_PATHNAME', 'run_dead_man_command_wrapper';

CREATE FUNCTION "seal"(
	"plain" bytea,
	"context" TEXT
) RETURNS bytea
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'seal_wrapper';

CREATE FUNCTION "sign_token"(
	"claims" jsonb
) RETURNS TEXT
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'sign_token_wrapper';

CREATE FUNCTION "signing_public_key"() RETURNS jsonb
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'signing_public_key_wrapper';

CREATE FUNCTION "totp_matches"(
	"secret" bytea,
	"code" TEXT,
	"at" timestamp with time zone
) RETURNS bigint
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'totp_matches_wrapper';

CREATE FUNCTION "unseal"(
	"sealed" bytea,
	"context" TEXT
) RETURNS bytea
STRICT VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'unseal_wrapper';

CREATE FUNCTION "verify_password"(
	"password" TEXT,
	"hash" TEXT
) RETURNS bool
VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'verify_password_wrapper';

CREATE FUNCTION "verify_token"(
	"token" TEXT,
	"keys" jsonb
) RETURNS jsonb
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'verify_token_wrapper';

CREATE FUNCTION "without_secrets"(
	"value" jsonb
) RETURNS jsonb
IMMUTABLE STRICT PARALLEL SAFE
LANGUAGE c
AS 'MODULE_PATHNAME', 'without_secrets_wrapper';







CREATE FUNCTION "take_token"(
	"bucket" TEXT,
	"burst" double precision,
	"per_second" double precision,
	"cost" double precision DEFAULT 1,
	OUT "allowed" bool,
	OUT "remaining" double precision,
	OUT "retry_after" double precision,
	OUT "reset_after" double precision
)
VOLATILE PARALLEL RESTRICTED
LANGUAGE c
AS 'MODULE_PATHNAME', 'take_token_wrapper';

revoke all on all functions in schema vigil_platform from public;

comment on schema vigil_platform is
    'What the backend needs of the machine: files of an archive, in the directory that vigil_platform.archive_directory names; the command of vigil_platform.dead_man_command; password hashes, signed tokens, sealed secrets and one-time codes, with keys in the files that vigil_platform.signing_key_file and vigil_platform.sealing_key_file name; rate limits in shared memory. Nothing here is granted to anybody.';

comment on function archive_write(text, bytea) is
    'Writes a file of the archive and returns the SHA-256 of its content, 64 hexadecimal digits. The file is written under a temporary name beside its own, brought to the disk and renamed, so that it is there as a whole or not at all; missing folders are made; a file of the same path is replaced. NULL if an argument is NULL. Errors: 22023 for a path that is not names joined by slashes or that ends in .tmp, 55000 without an archive directory, 53100 for a full disk, 42501 for a folder that the server may not write to, 58P01 without the directory itself, 58030 otherwise; none leaves a file behind. Not undone by a rollback. O(bytes).';
comment on function archive_read(text) is
    'The content of a file of the archive. NULL for NULL. Errors: 22023, 55000, 58P01 for a file that is not there, 54000 for one longer than 1 GB, 42501, 58030. O(bytes).';
comment on function archive_hash(text) is
    'SHA-256 (64 hexadecimal digits) and length of a file of the archive, of any length, read from the disk. No row for NULL. Errors: 22023, 55000, 58P01 for a file that is not there, 42501, 58030. O(bytes).';
comment on function archive_remove(text) is
    'Removes a file of the archive; false when it was not there. Folders stay. NULL for NULL. Errors: 22023, 55000, 42501, 58030. Not undone by a rollback. O(1).';
comment on function archive_files(text) is
    'The files of the archive whose paths begin with a prefix (''''  for all), by path, with length and time of the last change. Files that are being written, or were when the server was killed, end in .tmp. Names that no path can have and symbolic links are left out. No rows for NULL and for a folder that is not there. Errors: 22023 for what no path begins with, 55000, 42501, 58030. O(entries).';
comment on function archive_status() is
    'Whether an archive directory is set, whether the server can make files in it, and how many bytes are free there (NULL where that is not known). One row, no errors. O(1).';
comment on function run_dead_man_command(text) is
    'Runs the command that vigil_platform.dead_man_command holds with /bin/sh as the server''s user, with the message on its standard input, an environment of PATH alone, in /, and returns its exit status: 128 and the number for a command that a signal ended, 124 for one that was killed with all it had started after 10 seconds. What it prints is dropped. NULL when there is no command, and for NULL. A cancel request ends it. Errors: 22023 for a message of more than 8192 bytes, 58030 when there is no shell. Not undone by a rollback. O(the command).';

comment on function hash_password(text) is
    'A hash of a password for storing: Argon2id (RFC 9106), version 1.3, as a PHC string $argon2id$v=19$m=,t=,p=1$salt$hash with a random salt of 16 bytes and 32 bytes of hash. Memory (KiB) and passes are vigil_platform.argon2_memory_kib and argon2_iterations; both are at least what OWASP recommends, 19456 and 2. At most vigil_platform.argon2_concurrency are computed at once in the cluster (0: the number of cores); others wait for two seconds at most, which a cancel request ends. The bytes are hashed as they are: normalise before. NULL for NULL. Errors: 22023 for a password of more than 4096 bytes, 53300 when the wait was in vain, 53200 without memory, 58000 without random bytes. O(memory * passes), some 25 ms, in which it cannot be cancelled.';
comment on function verify_password(text, text) is
    'Whether a password is the one that a hash was made of, with the parameters in the hash. With a hash of NULL, as for an account that there is not, the same work is done with the parameters of a new hash, and the answer is false: the time does not tell the two apart. A password of more than 4096 bytes is false, too. NULL if the password is NULL. Errors: 22023 for what is no hash of hash_password or has parameters beyond 1 GiB, 16 passes and 16 lanes; 53300 and 53200 as of hash_password. O(memory * passes), as hash_password.';
comment on function password_needs_rehash(text) is
    'Whether a hash was made with less memory, fewer passes or a shorter output than a new one would be: hash the password anew when it is next known. NULL for NULL. Errors: 22023 for what is no hash of hash_password. O(1).';

comment on function random_token(int) is
    'As many random bytes of the operating system''s generator, in base64url without padding: 43 characters for 32 bytes, which is the default. NULL for NULL. Errors: 22023 for fewer than 16 bytes or more than 1024, 58000 without random bytes. O(bytes).';
comment on function sign_token(jsonb) is
    'A JSON Web Token (RFC 7519) of these claims, signed with Ed25519 (RFC 8032, RFC 8037) by the key in the file that vigil_platform.signing_key_file names: PKCS#8 in PEM, as openssl genpkey -algorithm ed25519 writes it. The header is alg EdDSA, typ JWT and kid, which is the thumbprint of the key (RFC 7638). The claims are signed as they are: who calls it adds exp and the rest. The file is looked at in each call, so that a new one is used from then on; it is read when it has changed. NULL for NULL. Errors: 22023 for claims that are no object or a path that is not absolute, 55000 when no file is set, 58P01 for a file that is not there, 42501 for one that the server may not read or that others may (mode 0600 it is), 42809 for what is no regular file, F0000 for one that holds no such key, 58030 otherwise. None names the path or shows what the file holds. O(bytes).';
comment on function signing_public_key() is
    'The public half of the key that sign_token signs with, as a JSON Web Key (RFC 7517, RFC 8037): kty, crv, alg, use, kid, x. One row. Errors: those of sign_token but the one for claims. O(1).';
comment on function verify_token(text, jsonb) is
    'The claims of a token that one of these keys has signed. Keys are a key set {"keys": [...]} or an array of JSON Web Keys; those that are not Ed25519 keys for signatures are passed over, and so are those with another kid than the token''s. The header must say EdDSA and must not have crit. Times in the claims are not looked at. NULL for NULL, and for what is no token, has another signature or claims that are no object. Errors: 22023 for keys that are neither, 22P05 for signed claims that jsonb cannot hold. O(bytes * keys).';
comment on function seal(bytea, text) is
    'Bytes that only unseal with the same context opens: a version (1), a random nonce of 12 bytes, and the plain bytes encrypted with ChaCha20-Poly1305 (RFC 8439), with the context authenticated. 29 bytes longer than the plain ones. The context says where the secret belongs, as in totp:ACCOUNT, so that it opens nowhere else. The key is in the file that vigil_platform.sealing_key_file names: 32 random bytes in base64. One key may seal 2^32 secrets. NULL if an argument is NULL. Errors: 22023 for more than 64 KiB, and those of sign_token for the file. O(bytes).';
comment on function unseal(bytea, text) is
    'The bytes that were sealed for this context. NULL if an argument is NULL. Errors: 22023 when they were changed, or sealed for another context or with another key; those of sign_token for the file. O(bytes).';
comment on function totp_matches(bytea, text, timestamptz) is
    'The step (of 30 seconds since 1970) whose code of six digits this is, by a time-based one-time password (RFC 6238, HMAC-SHA-1): the step of the instant, the one before or the one after; the latest when several match. NULL when none does, and if an argument is NULL. Keep the step, and accept only later ones: a code is for one use. Errors: 22023 for a secret of less than 16 bytes. O(1).';
comment on function base32(bytea) is
    'Bytes in base32 (RFC 4648) without padding, as authenticator apps take a secret. NULL for NULL. Errors: 22023 for more than 1024 bytes. O(bytes).';

comment on function take_token(text, float8, float8, float8) is
    'Takes cost tokens out of a bucket that holds burst and gets per_second back, if it has as many (generic cell rate algorithm, ITU-T I.371). remaining is what is left, retry_after the seconds until there would be enough (0 when allowed, NULL when cost is more than burst), reset_after the seconds until the bucket is full. A cost of 0 only looks. A bucket is made by its first use, full; it keeps its debt in seconds when burst and rate change. One for the cluster, in shared memory: it works in read-only transactions, takes no transaction id and no lock, is not undone by a rollback, and is full again after a restart. There are 65536 places; a full bucket gives its place to one that needs it, and when none is full, the one with the least debt is displaced. Two sessions that move one bucket into such a place at the same instant may both get its first token. Errors: 22004 if an argument is NULL, 22023 for a burst or rate that is not above 0, more than 10^9 per second, a bucket that fills in more than 366 days, or a cost below 0. O(1).';
comment on function bucket_used_at(text) is
    'When tokens were last taken out of a bucket; a look is no use, nor is a refusal. NULL for NULL, and for a bucket that nobody has used since the server started or whose place another one has. No errors. O(1).';
comment on function buckets() is
    'How many buckets are in use, which is: not full. One row. No errors. O(65536), a tenth of a millisecond.';
comment on function displaced_buckets() is
    'How many buckets since the server started lost their place before they were full, and so their debt, because another one needed it. Not 0: more than 65536 buckets are in use at once, or somebody makes up names. One row. No errors. O(1).';

comment on function open_request(bool) is
    'Reads what PostgREST says of the current request in the settings request.method, path, headers and, if the argument is true, jwt.claims: true is for a session whose claims PostgREST has verified. Until the end of the transaction request.correlation_id is the X-Correlation-ID, or a new UUID, response.headers a list with it, and request.tenant_id the token''s tenant, whose session is not looked at here. NULL for a token with sound claims: iss, aud, typ, exp and iat by the clock, an age of 15 minutes at most, nbf, sub, role, tenant_id, jti and sid (RFC 8725, 3.8 to 3.11). Else an object: bearer is key for an X-API-Key, and nobody for neither; or code, message and hint say why the request is refused: PT400 for a malformed X-Correlation-ID, Prefer: count=planned or estimated, and a token beside a key, PT401 for claims, PT405 for writing to a view. NULL for NULL. Errors: XX000 without random bytes. O(bytes).';
comment on function count_request(text, int, text) is
    'Counts the current request for its bearer (user or key, whose name is the third argument, in a tenant; tenant 0 and address with the network''s name, or strangers), each limit with take_token, for the class of the request''s method and path: login, reset, ingest, read or write. Adds X-RateLimit-Limit, -Remaining and -Reset of the scarcest to response.headers. NULL when it may go on, which it may without limits; an object with unknown, the class, when this session has not learned the limits in the last two seconds, and nothing was counted; one with bearer, burst, retry_after and reset_after (whole seconds) when a limit is used up. NULL if an argument is NULL. Errors: 22023 for limits that take_token does not take. O(limits).';
comment on function learn_limits(text, int, jsonb) is
    'Has this session remember the limits of a kind of bearer in a tenant, for the class of the current request, for two seconds: an array of objects with bearer, burst and per_second. Nothing for NULL. Errors: 22023 for anything else. O(limits).';

comment on function without_secrets(jsonb) is
    'A JSON value in which what members with names like password, secret, token, credential, authorization, cookie, key, api_key or private_key hold is "***", at any depth to 16; what lies deeper is "***" as a whole. NULLs stay. NULL for NULL. No errors. O(bytes).';
