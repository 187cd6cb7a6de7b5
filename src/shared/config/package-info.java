/// The file of settings: the part of YAML that it is written in, its keys, and durations.
///
/// ```
///   config.yaml ──▶ YamlText ──▶ Yaml (YamlBlock) ──▶ Node ──▶ ConfigFile ──▶ a setting's text, its place
///                   (index,      (structure)                   (keys, older names,
///                    places)                                    ${VARIABLES})
/// ```
///
/// Rules:
/// - Every scalar is a text. What it means is decided by who asks for it, so `yes`, `010` and `1e3` are no surprise.
/// - What a block of settings does not need of YAML (anchors, tags, several documents, complex keys) is refused, with
///   the place and what to write instead. What is accepted means the same as in every other reader of YAML; its
///   test holds the cases of yaml-test-suite that matter. One liberty: a closing bracket alone on its line may stand in
///   the column of its key, as people write it.
/// - No message repeats a value, because it may be a secret.
/// - Which keys there are is checked at once, values when they are asked for: the client does not stumble over a
///   variable that only the server has.
///
/// Assumed: a file of at most a mebibyte, read at the start and on SIGHUP.
package shared.config;
