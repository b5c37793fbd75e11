using System.Globalization;
using Reacher.Fast.Replay.Control;

namespace Reacher.Fast.Runner.Tests.Faults;

/// <summary>What a fault cost, as it was seen: a row of the matrix's table.</summary>
/// <param name="Role">Whom it happened to.</param>
/// <param name="Moment">When.</param>
/// <param name="Fault">What.</param>
/// <param name="GoesOn">Whether the run went on by itself.</param>
/// <param name="Code">The exit code; 130 where the run went on and was then asked to end.</param>
/// <param name="Seconds">From the fault until all roles got on again, or the run ended; the fault's own six seconds included.</param>
/// <param name="Restarts">Of learner, env and eval.</param>
/// <param name="Updates">Updates that were made and lost.</param>
/// <param name="Rows">Rows of the replay that were written and are not there.</param>
/// <param name="Said">The run's first sentence about it.</param>
/// <param name="SaidThen">The first sentence of the run that went on.</param>
internal sealed record FaultCost(
    ProcessRole Role,
    Moment Moment,
    Fault Fault,
    bool GoesOn,
    int Code,
    double Seconds,
    string Restarts,
    long Updates,
    long Rows,
    string Said,
    string SaidThen)
{
    private const int Clean = 130;
    // SIGABRT, by which the runtime ends a process after a failure that no code can handle.
    private const int RuntimeEnded = 134;

    public string Row => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Role} | {Moment} | {Fault} | {(GoesOn ? "goes on" : "ends")} | {Code} " +
        $"| {Restarts} | {Updates} | {Rows} | {Seconds:F0} | {Said} | {SaidThen} |");

    /// <summary>Why a cell makes no sense; null if it does.</summary>
    public static string? WhyNot(ProcessRole role, Fault fault, Moment moment) => (role, fault, moment) switch
    {
        (ProcessRole.Evaluation, Fault.TornPages, Moment.Running or Moment.Starting) => "eval writes no mapped file",
        (ProcessRole.Environment, Fault.SlowFlush, _) => "env flushes nothing",
        _ => null,
    };

    /// <summary>Whether the run goes on, and the exit code; several where the moment of the next system call decides.</summary>
    public static (bool GoesOn, int Code)[] Expected(ProcessRole role, Moment moment, Fault fault) => (role, moment, fault) switch
    {
        (_, Moment.Saving or Moment.Ending, Fault.TornPages) => [(false, 137)],
        (ProcessRole.Supervisor, _, Fault.Killed) => [(false, 137)],
        // A run that cannot begin, or go on, is refused before anything is touched.
        (ProcessRole.Supervisor, Moment.Starting,
            Fault.DiskFull or Fault.InputOutput or Fault.NotPermitted or Fault.FewDescriptors or Fault.ShortFiles) => [(false, 2)],
        (ProcessRole.Supervisor, Moment.Running, Fault.TornPages) => [(false, RuntimeEnded)],
        // The runtime ends a process to which the system refuses a thread.
        (ProcessRole.Supervisor, Moment.Running, Fault.FewDescriptors) => [(true, Clean), (false, RuntimeEnded)],
        (ProcessRole.Supervisor, Moment.Ending, Fault.FewDescriptors) => [(false, Clean), (false, RuntimeEnded)],
        // What a learner needs and has lost, another learner would lack as well.
        (ProcessRole.Learner, Moment.Starting, Fault.FewDescriptors) => [(false, 1)],
        (ProcessRole.Learner or ProcessRole.Environment, Moment.Starting or Moment.Running, Fault.TornPages) => [(false, 1)],
        (_, Moment.Ending, _) => [(false, Clean)],
        _ => [(true, Clean)],
    };

    /// <summary>Whether the runtime ended the process, which prints its own stack.</summary>
    public static bool IsRuntimes(int code) => code == RuntimeEnded;

    /// <summary>The table, the cells that make no sense included.</summary>
    public static string Table(IEnumerable<FaultCost> costs) => string.Join(
        '\n',
        [
            "| role | when | fault | the run | exit code | restarts of learner/env/eval | updates lost | rows lost | s | it said | resumed |",
            "|---|---|---|---|---|---|---|---|---|---|---|",
            .. costs.Select(cost => cost.Row),
            .. from role in Enum.GetValues<ProcessRole>()
               from moment in Enum.GetValues<Moment>()
               from fault in Enum.GetValues<Fault>()
               let why = WhyNot(role, fault, moment)
               where why is not null
               select $"| {role} | {moment} | {fault} | - | | | | | | {why} | |",
        ]);

    /// <summary>The first line that is no status.</summary>
    public static string FirstSentence(string said) =>
        said.Split('\n').FirstOrDefault(line => line.Length > 0)?.Replace('|', '/') ?? "";
}
