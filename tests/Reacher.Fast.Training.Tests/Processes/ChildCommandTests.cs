using System.Diagnostics;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Training.Tests.Processes;

/// <summary>How a run's child processes are started.</summary>
[NonParallelizable]
public sealed class ChildCommandTests
{
    [TestCase(null, "0")]
    [TestCase("1", "1")]
    public void Diagnostics_of_children_are_off_unless_asked_for(string? asked, string expected)
    {
        string? before = Environment.GetEnvironmentVariable(ChildCommand.DiagnosticsVariable);
        try
        {
            Environment.SetEnvironmentVariable(ChildCommand.DiagnosticsVariable, asked);
            ProcessStartInfo start = ChildCommand.Create(["role-env"]);
            Assert.That(start.Environment[ChildCommand.DiagnosticsVariable], Is.EqualTo(expected));
        }
        finally
        {
            Environment.SetEnvironmentVariable(ChildCommand.DiagnosticsVariable, before);
        }
    }
}
