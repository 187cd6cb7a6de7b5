/// The journal: an append-only log of events in files, and the specification of those files. It knows lines, sequence
/// numbers and positions; what an event means is the queue's business.
///
/// ```
/// compaction ───────────┐            (drops what nobody needs, while the journal is in use)
///                       ▼
/// caller ──▶ Journal ─▶ Intake ─▶ batches ─▶ JournalWriter ─▶ Storage ─▶ the disk
///              │           └─ Space, Supply ─▶ Preparer ────────▲
///              ├─ reads: JournalReader, JournalScan, Backup ────┤
///              └─ start: recovery (Restore, Recovery) ──────────┘    the forms of all files: disk
/// ```
///
/// | room | what is in it | knows |
/// |---|---|---|
/// | `journal.disk` | lines, segments, files, the storage under them | nothing of the journal |
/// | `journal.recovery` | start, restore, repair, inspection | `disk` |
/// | `journal` | the journal in use, and its settings | `disk`, `recovery`; `settings` |
/// | `journal.compaction` | what a compaction does | all of these |
///
/// # Files
///
/// One flat directory. A *segment* `0000000007.journal` is made with its whole size ahead of its use: a header, then
/// fill (`\n`). Segments are numbered from 1 without a gap. A *compacted file* `c000000002.journal` stands for a run of
/// closed segments and has its exact length. A *backup* is one file of any name. `lock` holds the process id of the
/// server and, since 0.2, a second line `0.2`; `NAME.part` is a file being made; `NAME.broken` is a copy that recovery
/// or repair kept, and is never read.
///
/// | file | first line | last line |
/// |---|---|---|
/// | segment 7 | `{"journal":1,"segment":7,"size":S}` | `{"closed":7,"synced":"…","next":N,"lines":L}` |
/// | compacted file 2 of 1 to 6 | `{"journal":1,"compacted":2,"from":1,"to":6}` | `{"closed":2,…,"kept":K,"lines":L}` |
/// | backup | `{"journal":1,"backup":1}`, perhaps with `"guarded":true` | `{"closed":0,…,"kept":K,"lines":L}` |
///
/// Every line, also these, has one form. The first one is padded to 80 bytes; the last is the *closing mark*.
///
/// | bytes | what |
/// |---|---|
/// | 8 | CRC-32C of the JSON object and the padding behind it, in hex digits |
/// | 1 | a space |
/// | … | a JSON object; an event's is `{"seq":N,"synced":"<16 hex digits>",`, in a unit `"more":K,`, its members, `}` |
/// | 0–4 | padding: spaces |
/// | 1 | `\n` |
///
/// - `seq` is the sequence number. It rises from line to line; numbers that a crash may have used are skipped.
/// - `synced` is the position up to which everything was on the disk before the line's batch was written. So a line
///   vouches for all before it. In compacted files and backups it means nothing.
/// - `more` is how many further lines belong to the same *unit*. Recovery keeps all lines of a unit or none. A mark has
///   `,"more":K` if its segment ends within a unit.
/// - `next` is the lowest sequence number that may follow the file.
/// - `kept`: of the events after this number, no compaction has dropped any.
/// - `lines`, the last member of a mark, is how many lines the file holds, so that a line that was taken out whole is
///   noticed. Marks written before version 0.2 lack it.
/// - The padding keeps a line's `\n` at least two bytes away from a sector's boundary on either side. So a line has two
///   bytes or more in every sector that it touches, and no single damaged byte can make a line look like one of which a
///   sector was never written.
/// - What stands behind a closing mark means nothing: a crash while the file was being cut leaves fill there, or zeros.
///
/// A *position* is `segment number << 32 | offset of the line in the file`; of a compacted file the number is 2^30
/// more. It stays valid while the journal is in use: what a compaction moves is looked up.
///
/// # Writing, and the commit point
///
/// 1. An append takes its lines into the open *batch*, in memory, under the intake's lock; positions and numbers are
///    known at once. It takes only what is sure to find its bytes in segments that are already made.
/// 2. The writer's thread takes the batch, writes it in place over fill, and syncs it once (`fdatasync`). Lines that
///    arrive meanwhile form the next batch.
/// 3. *The commit point* is the return of that sync: then the batch is published, those who wait are released and
///    listeners are told. A unit counts only once all of it is on the disk.
/// 4. When a line does not fit, the closing mark follows the last one in the same batch; the next segment is written to
///    only after that sync. The closed file is then cut behind its mark.
///
/// A write or sync that fails is never tried again, because the kernel may have dropped the data and call the next sync
/// good: the journal fails for good, and the server ends.
///
/// Threads: `journal-writer` (2, 3), `journal-preparer` (makes and cuts segments), `journal-compaction` (the queue's).
/// Lock: one in `Intake`, held briefly and never during I/O; `Supply` and `Space` share it. Readers take none.
///
/// # A full disk
///
/// Space is reserved by making segments ahead. When the next one cannot be made, the rest is for what ends and what
/// goes on, not for what is new (see `Urgency`); everything else is refused. Making it is tried again until it works.
///
/// # Start: torn or damaged
///
/// All files but the last used segment are closed, because a mark is synced before the next segment is written to. So
/// every other invalid byte is damage. Behind the last valid line of an unclosed segment there is
///
/// - nothing but fill: its *end*;
/// - a *torn* batch, whose sync never returned: no valid line behind it vouches for that place, and a sector of its
///   first invalid line was never written. Nobody was told of it, so it is dropped (kept as `.broken`); numbers jump;
/// - anything else: *damage*. The start is refused with file, offset, sequence number, and the command to inspect it.
///
/// A sector that was never written is fill from its beginning, or from the first invalid line's where that begins in
/// it; and a line has no `\n` inside. So the first `\n` from there on tells: it must be where a sector begins (or where
/// the line does), and fill must follow up to the sector's end.
///
/// A file whose segments all belong to a compacted file with a higher number is *superseded*: it is passed over, and
/// deleted once the replay has succeeded. The others must hold all segments from 1 to the last, each once, so a missing
/// file is noticed, whichever it is. Afterwards every used segment is closed and synced; each step on the way leaves a
/// journal that a start accepts again.
///
/// A backup in a directory without a journal is restored into compacted files, one for the place of each segment. If
/// its first line says `guarded`, the server that it was taken from wanted a token, and the new one is to. The first of
/// the files gets its name last, which is the commit point. The numbers then jump by a thousand million, for the server
/// that it was taken from went on too: no number is to mean two events.
///
/// # Crash safety
///
/// | the process or the machine dies | then |
/// |---|---|
/// | before a batch's sync returned | none, some or all of its lines are there, each unit whole; nobody was told |
/// | after it | all of it is there |
/// | while a segment is made | a `.part`, which the next start deletes |
/// | while a closed file is cut | its mark decides; what follows means nothing |
/// | while a compacted file is written, or before its directory entry is synced | the old files are whole |
/// | after that | the new file supersedes those of the old ones that are still there |
/// | while a start, a restore or a repair is at work | the next one does it again |
///
/// Taken for granted of the disk and the file system: a sector of 512 bytes is written whole or not at all;
/// `fdatasync` returns when the data, and the length if it changed, are on the disk; a rename is atomic, and durable
/// once the directory is synced; bytes that were synced stay, or are noticed by their checksum. Nothing is assumed
/// about the order in which unsynced sectors are written.
///
/// # Limitations
///
/// - One process at a time; a lock on the file `lock` sees to that, where the file system has locks.
/// - If everything from a sector's boundary to the end of the open segment turns into fill or zeros, synced lines there
///   are taken for a torn batch: what would vouch for them is gone too.
/// - A checksum finds damage, not forgery.
/// - A line is at most 2^31 bytes; files have up to 1 GiB, or the length of their longest line.
///
/// # What is stable, and how to change the format
///
/// Stable: the names, the forms above and the events' members (see `server.queue.line.EventCodec`), for every later
/// version. `test/server/journal/formatN` holds a journal and a backup as a released version wrote them, and
/// `server.queue.FormatTest` reads them in full; they are never changed. Not stable: which segments exist, what a
/// compaction keeps, `.broken` and `.part` files.
///
/// 1. *A member more*, which older versions may pass over (they ignore members of an event that they do not know, and
///    anything behind those of a mark): write it, read its absence as the default, name here the version that began
///    with it. The number of the format stays.
/// 2. *Anything else* (another meaning, another framing, a member that must not be passed over): raise
///    `Segment.FORMAT`. Headers say the number of each file, so a journal may hold files of both; read all numbers up
///    to the present one, write only that, and refuse a higher one by its number. An older version then refuses the
///    first file of the new format: say so in the changelog.
/// 3. Either way, first make a journal with the last released version and put it into `formatN` with its test; add the
///    row above; run `make test ONLY='server.journal server.queue'`.
package server.journal;
