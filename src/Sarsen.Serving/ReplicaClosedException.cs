namespace Sarsen.Serving;

/// <summary>The replicas were told to end and take no more requests. Nothing was begun.</summary>
public sealed class ReplicaClosedException(string message) : Exception(message);
