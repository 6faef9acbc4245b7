using System.Diagnostics.Tracing;
using System.Globalization;
using Sarsen.Tensors;

namespace Sarsen;

/// <summary>Tells on standard error what the engine does without on this machine, each once.</summary>
internal sealed class EngineNotes : EventListener
{
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == EngineEvents.SourceName)
            EnableEvents(eventSource, EventLevel.Informational);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.Message is { } message)
            Console.Error.WriteLine("sarsen: note: " + string.Format(CultureInfo.InvariantCulture, message, [.. eventData.Payload ?? new([])]));
    }
}
