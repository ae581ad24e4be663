/// Why a process died. [Explainer] asks the recording small, bounded questions and makes an [Explanation] of the answers;
/// [Verdict] puts its first sentences into words; [Page] writes it for a person, [JsonPage] for a program.
package exitbox.analyzer.why;
