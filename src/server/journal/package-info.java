/// The journal: an append-only log of events in files, and the specification of those files. It knows lines, sequence
/// numbers and positions; the meaning of events is the queue's business.
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
/// fill (`\n`). Segments are numbered from 1 without a gap. A *compacted file* `c000000002.journal` replaces a run of
/// closed segments and has the exact length of its content. A *backup* is one file of any name. `lock` holds the
/// process id of the server and, since 0.2, a second line `0.2`; `NAME.part` is a file being made; `NAME.broken` is a
/// copy that recovery or repair kept, and is never read.
///
/// | file | first line | last line |
/// |---|---|---|
/// | segment 7 | `{"journal":1,"segment":7,"size":S}` | `{"closed":7,"synced":"…","next":N,"lines":L}` |
/// | compacted file 2 of 1 to 6 | `{"journal":1,"compacted":2,"from":1,"to":6}` | `{"closed":2,…,"kept":K,"lines":L}` |
/// | backup | `{"journal":1,"backup":1}`, perhaps with `"guarded":true` | `{"closed":0,…,"kept":K,"lines":L}` |
///
/// Every line, including these, has one form. The first line is padded to 80 bytes; the last is the *closing mark*.
///
/// | bytes | what |
/// |---|---|
/// | 8 | CRC-32C of the JSON object and the padding behind it, in hex digits |
/// | 1 | a space |
/// | … | a JSON object; an event's is `{"seq":N,"synced":"<16 hex digits>",`, in a unit `"more":K,`, its members, `}` |
/// | 0–4 | padding: spaces |
/// | 1 | `\n` |
///
/// - `seq` is the sequence number. It increases from line to line; numbers that a crash may have used are skipped.
/// - `synced` is the position up to which everything was on the disk before the line's batch was written. So a line
///   vouches for everything before it. In compacted files and backups `synced` has no meaning.
/// - `more` is how many further lines belong to the same *unit*. Recovery keeps all lines of a unit or none. A mark has
///   `,"more":K` if its segment ends within a unit.
/// - `next` is the lowest sequence number that may follow the file.
/// - `kept`: no compaction has dropped any event after this number.
/// - `lines`, the last member of a mark, is the number of lines in the file, so that the removal of a whole line is
///   noticed. Marks written before version 0.2 lack it.
/// - The padding keeps a line's `\n` at least two bytes away from a sector's boundary on either side. So a line has two
///   bytes or more in every sector that it touches, and no single damaged byte can make a line look as if one of its
///   sectors had never been written.
/// - Bytes behind a closing mark have no meaning: a crash while the file was being cut leaves fill or zeros there.
///
/// A *position* is `segment number << 32 | offset of the line in the file`; of a compacted file the number is 2^30
/// more. It stays valid while the journal is in use: moved lines are looked up.
///
/// # Writing, and the commit point
///
/// 1. An append adds its lines to the open *batch*, in memory, under the intake's lock; positions and numbers are known
///    at once. It accepts only lines for which existing segments are sure to have room.
/// 2. The writer's thread takes the batch, writes it in place over fill, and syncs it once (`fdatasync`). Lines that
///    arrive meanwhile form the next batch. A batch may wait up to 1 ms for more lines that somebody waits for.
/// 3. *The commit point* is the return of that sync: then the batch is published, waiting threads are released and
///    listeners are called. A unit counts only once all of it is on the disk.
/// 4. When a line does not fit, the closing mark follows the last one in the same batch; the next segment is written to
///    only after that sync. The closed file is then cut behind its mark.
///
/// A failed write or sync is never retried, because the kernel may have dropped the data and report the next sync as
/// successful: the journal fails for good, and the server ends.
///
/// Threads: `journal-writer` (2, 3), `journal-preparer` (makes and cuts segments), `journal-compaction` (the queue's).
/// Lock: one in `Intake`, held briefly and never during I/O; `Supply` and `Space` share it. Readers take none.
///
/// # A full disk
///
/// Space is reserved by making segments ahead. When the next one cannot be made, the remaining space is for tasks that
/// end or continue, not for new ones (see `Urgency`); everything else is refused. The server retries until it can make
/// the segment.
///
/// # Start: torn or damaged
///
/// All files but the last used segment are closed, because a mark is synced before the next segment is written to. So
/// every other invalid byte is damage. The last valid line of an unclosed segment is followed by
///
/// - nothing but fill: its *end*;
/// - a *torn* batch, whose sync never returned: no valid line behind it vouches for that place, and a sector of its
///   first invalid line was never written. It was never acknowledged, so it is dropped (kept as `.broken`); numbers
///   jump;
/// - anything else: *damage*. The start is refused with file, offset, sequence number, and the command to inspect it.
///
/// A sector that was never written is fill from its beginning, or from the first invalid line's where that begins in
/// it; and a line has no `\n` inside. So the first `\n` from there on decides: it must be at the start of a sector (or
/// of the line), and fill must follow up to the sector's end.
///
/// A file whose segments all belong to a compacted file with a higher number is *superseded*: it is ignored, and
/// deleted once the replay has succeeded. The others must cover all segments from 1 to the last, each once, so any
/// missing file is noticed. Afterwards every used segment is closed and synced; after each step a start accepts the
/// journal again.
///
/// A backup in a directory without a journal is restored into compacted files, one in place of each segment. If its
/// first line has `guarded`, the original server required a token, and so must the new one. The first of the files gets
/// its name last, which is the commit point. The numbers then jump by a thousand million, because the original server
/// may have continued: no number may mean two events.
///
/// # Crash safety
///
/// | the process or the machine dies | then |
/// |---|---|
/// | before a batch's sync returned | none, some or all of its lines are there, each unit whole; none acknowledged |
/// | after it | all of it is there |
/// | while a segment is made | a `.part`, which the next start deletes |
/// | while a closed file is cut | its mark decides; the rest has no meaning |
/// | while a compacted file is written, or before its directory entry is synced | the old files are whole |
/// | after that | the new file supersedes those of the old ones that are still there |
/// | while a start, a restore or a repair is at work | the next one does it again |
///
/// Assumed of the disk and the file system: a sector of 512 bytes is written whole or not at all;
/// `fdatasync` returns when the data, and the length if it changed, are on the disk; a rename is atomic, and durable
/// once the directory is synced; synced bytes stay, or their checksum reveals the loss. Nothing is assumed
/// about the order in which unsynced sectors are written.
///
/// # Limitations
///
/// - Only one process at a time; a lock on the file `lock` enforces this, where the file system has locks.
/// - If everything from a sector's boundary to the end of the open segment turns into fill or zeros, synced lines there
///   are taken for a torn batch: the lines that would vouch for them are gone too.
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
/// 1. *An additional member* that older versions may ignore (they skip unknown members of an event, and anything behind
///    those of a mark): write it, read its absence as the default, and name here the version that introduced it. The
///    format number stays.
/// 2. *Anything else* (another meaning, another framing, a member that must not be ignored): raise `Segment.FORMAT`.
///    Each file's header has its number, so a journal may hold files of both formats; read all numbers up to the
///    current one, write only that, and refuse a higher one by its number. An older version then refuses the first file
///    of the new format: say so in the changelog.
/// 3. Either way, first make a journal with the last released version and put it into `formatN` with its test; add the
///    row above; run `make test ONLY='server.journal server.queue'`.
package server.journal;
