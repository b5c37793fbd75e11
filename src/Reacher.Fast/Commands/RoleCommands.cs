using System.CommandLine;
using Reacher.Fast.Replay.Control;
using Reacher.Fast.Training.Processes;

namespace Reacher.Fast.Commands;

/// <summary>
/// The roles of a run's processes, as hidden verbs. The supervisor starts them; by hand, without <c>--supervisor</c>, one can be run under a debugger
/// beside a run that lacks it.
/// </summary>
internal static class RoleCommands
{
    private const string Prefix = "role-";

    /// <summary>Whether a verb is one of these.</summary>
    public static bool IsRole(string verb) => verb.StartsWith(Prefix, StringComparison.Ordinal);

    public static IEnumerable<Command> Create() =>
    [
        Role("role-env", "Step one environment of a run and write its transitions.", ProcessRole.Environment),
        Role("role-learner", "Learn from a run's replay and publish weights.", ProcessRole.Learner),
        Role("role-cluster", "Speak to other machines for a run.", ProcessRole.Cluster),
        Role("role-eval", "Measure a run's newest weights without exploration.", ProcessRole.Evaluation),
    ];

    private static Command Role(string verb, string description, ProcessRole role)
    {
        var folder = new Argument<string>("run") { Description = "The run's folder." };
        var index = new Option<int>("--index") { Description = "Number of this process among those of its role." };
        var supervisor = new Option<ulong?>("--supervisor") { Description = "Incarnation of the process to end with." };
        var command = new Command(verb, description) { folder, index, supervisor };
        command.Hidden = true;
        command.SetAction(result => CommandLine.GuardLongRun(_ => ChildHost.Run(
            result.GetValue(folder)!, role, result.GetValue(index), result.GetValue(supervisor))));
        return command;
    }
}
