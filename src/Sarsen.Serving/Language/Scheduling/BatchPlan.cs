namespace Sarsen.Serving.Language.Scheduling;

/// <summary>
/// Which tokens of which sequences the model runs next: first the one that each answer needs to go on, then of prompts as many
/// as fit, the oldest first, so that those that came together are not all answered with the last. A sequence for which there
/// are no blocks is put off, and the youngest gives its own back where an older one needs them.
/// </summary>
/// <param name="options">How many.</param>
internal sealed class BatchPlan(LanguageEngineOptions options)
{
    private readonly List<BatchPart> _parts = [];

    public IReadOnlyList<BatchPart> Parts => _parts;

    /// <summary>Plans the next run; empty where nothing can be run.</summary>
    /// <param name="running">The sequences, the oldest first.</param>
    /// <param name="preempt">Told of one that gave its blocks back, and is taken up again later.</param>
    public void Fill(List<RunningSequence> running, Action<RunningSequence> preempt)
    {
        _parts.Clear();
        // A sequence that gives its blocks back leaves the list, from its end.
        for (int i = 0; i < running.Count; i++)
        {
            RunningSequence sequence = running[i];
            if (sequence.Pending != 1)
                continue;
            int drafts = Math.Min(options.DraftTokens, Room(sequence));
            drafts = PromptLookup.Guess(sequence.Tokens, drafts).Length;
            if (!Reserve(sequence, 1 + drafts, running, preempt))
                break;
            _parts.Add(new BatchPart(sequence, 1, drafts));
        }
        // Answers take nothing from it: a prompt that would fit is not kept for one token more, and those behind it with it.
        int budget = options.BatchTokens;
        for (int i = 0; i < running.Count && budget > 0; i++)
        {
            RunningSequence sequence = running[i];
            if (sequence.Pending == 1)
                continue;
            sequence.Match();
            int count = Math.Min(budget, sequence.Pending);
            if (!Reserve(sequence, count, running, preempt))
                break;
            _parts.Add(new BatchPart(sequence, count, 0));
            budget -= count;
        }
        // Who gave its blocks back after it was planned cannot be run.
        _parts.RemoveAll(part => !running.Contains(part.Sequence));
    }

    /// <summary>Guesses that make no sense any more where an answer ends before.</summary>
    private static int Room(RunningSequence sequence) => Math.Max(0, sequence.Answer.Left - 1);

    private static bool Reserve(RunningSequence sequence, int count, List<RunningSequence> running, Action<RunningSequence> preempt)
    {
        while (!sequence.TryReserve(count))
        {
            RunningSequence youngest = running[^1];
            running.RemoveAt(running.Count - 1);
            youngest.Release();
            preempt(youngest);
            if (youngest == sequence)
                return false;
        }
        return true;
    }
}
