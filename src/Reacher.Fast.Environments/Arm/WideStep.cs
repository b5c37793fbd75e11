using System.Runtime.CompilerServices;
using Reacher.Fast.Core.Vectors;
using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// <see cref="ScalarArm.Step(in ArmState, ReadOnlySpan{float})"/> for a block of arms, one a lane, in single precision. The parts
/// are methods of their own because one method of this size would exceed what the JIT keeps in registers and inlines.
/// </summary>
/// <typeparam name="T">The vector width.</typeparam>
internal static unsafe class WideStep<T>
    where T : unmanaged, ISimd<T>
{
    private const float Dt = (float)TimeStep;

    /// <summary>Moves the goal, counts the touch, and advances the physics by 0.02 s.</summary>
    /// <param name="block">The arms; see <see cref="Rows"/>.</param>
    /// <param name="joints">Working memory for the joints of one block.</param>
    /// <param name="goalHeight">The goals' height over the roots, in metres.</param>
    /// <param name="touchDistance">Below this distance of hand and goal, in metres, a step is rewarded.</param>
    /// <param name="kick">Whether the rows of <see cref="Rows.TorqueAxes"/> apply.</param>
    public static void Step(float* block, WideJoints<T>* joints, float goalHeight, float touchDistance, bool kick)
    {
        MoveGoal(block, goalHeight, touchDistance);
        WideJoints<T>.Prepare(block, joints);
        float* axes = block + (Rows.TorqueAxes * T.Count);
        Drive(block, kick ? Load3(axes, 0) : joints->AxisA, kick ? Load3(axes, 3) : joints->AxisB);
        Solve(block, joints);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> Load3(float* rows, int row) =>
        new(T.Load(rows + (row * T.Count)), T.Load(rows + ((row + 1) * T.Count)), T.Load(rows + ((row + 2) * T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide4<T> Load4(float* rows, int row) => new(Load3(rows, row), T.Load(rows + ((row + 3) * T.Count)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> AxisX(Wide4<T> q)
    {
        T two = T.Create(2);
        return new(
            T.Create(1) - (two * T.MultiplyAdd(q.Y, q.Y, q.Z * q.Z)),
            two * T.MultiplyAdd(q.X, q.Y, q.Z * q.W),
            two * ((q.X * q.Z) - (q.Y * q.W)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> AxisY(Wide4<T> q)
    {
        T two = T.Create(2);
        return new(
            two * ((q.X * q.Y) - (q.Z * q.W)),
            T.Create(1) - (two * T.MultiplyAdd(q.X, q.X, q.Z * q.Z)),
            two * T.MultiplyAdd(q.Y, q.Z, q.X * q.W));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Wide3<T> AxisZ(Wide4<T> q)
    {
        T two = T.Create(2);
        return new(
            two * T.MultiplyAdd(q.X, q.Z, q.Y * q.W),
            two * ((q.Y * q.Z) - (q.X * q.W)),
            T.Create(1) - (two * T.MultiplyAdd(q.X, q.X, q.Y * q.Y)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store3(Wide3<T> v, float* rows, int row)
    {
        T.Store(v.X, rows + (row * T.Count));
        T.Store(v.Y, rows + ((row + 1) * T.Count));
        T.Store(v.Z, rows + ((row + 2) * T.Count));
    }

    // The goal moves first; the hand is where it stands before this step's physics.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MoveGoal(float* block, float goalHeight, float touchDistance)
    {
        T sin = T.Load(block + (Rows.Goal * T.Count));
        T cos = T.Load(block + ((Rows.Goal + 1) * T.Count));
        T stepSin = T.Load(block + (Rows.GoalStep * T.Count));
        T stepCos = T.Load(block + ((Rows.GoalStep + 1) * T.Count));
        (sin, cos) = (T.MultiplyAdd(sin, stepCos, cos * stepSin), (cos * stepCos) - (sin * stepSin));
        T.Store(sin, block + (Rows.Goal * T.Count));
        T.Store(cos, block + ((Rows.Goal + 1) * T.Count));

        float* b = block + (Rows.Lower * T.Count);
        Wide3<T> y = AxisY(Load4(b, Rows.Orientation));
        Wide3<T> hand = Wide3<T>.MultiplyAdd(T.Create((float)(HandOffset - LowerMassCentre)), y, Load3(b, Rows.Position));
        T radius = T.Create((float)GoalCircleRadius);
        Wide3<T> d = hand - new Wide3<T>(radius * sin, T.Create(goalHeight), radius * cos);
        T touch = T.GreaterThan(T.Create(touchDistance * touchDistance), Wide3<T>.Dot(d, d)) & T.Create(1);
        float* touches = block + (Rows.Touches * T.Count);
        T.Store(T.Load(touches) + touch, touches);
    }

    // Torque, gravity, damping, and the limit on the angular velocity.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Drive(float* block, Wide3<T> torqueAxisA, Wide3<T> torqueAxisB)
    {
        float* a = block + (Rows.Upper * T.Count);
        float* b = block + (Rows.Lower * T.Count);
        float* torque = block + (Rows.Torque * T.Count);
        T zero = T.Create(0);
        Wide3<T> torqueA = new(T.Load(torque), zero, T.Load(torque + T.Count));
        Wide3<T> torqueB = new(T.Load(torque + (2 * T.Count)), zero, T.Load(torque + (3 * T.Count)));
        Accelerate(a, WideJoints<T>.InverseInertiaA(torqueAxisA, torqueA));
        Accelerate(b, WideJoints<T>.InverseInertiaB(torqueAxisB, torqueB));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accelerate(float* body, Wide3<T> acceleration)
    {
        Wide3<T> omega = Wide3<T>.MultiplyAdd(T.Create(Dt), acceleration, Load3(body, Rows.AngularVelocity));
        omega = T.Create((float)(1 - (AngularDrag * TimeStep))) * omega;
        T limit = T.Create((float)MaximumAngularVelocity);
        omega = (limit / T.Max(limit, T.Sqrt(Wide3<T>.Dot(omega, omega)))) * omega;
        Store3(omega, body, Rows.AngularVelocity);
        float* up = body + ((Rows.Velocity + 1) * T.Count);
        T.Store(T.Load(up) - T.Create((float)(Gravity * TimeStep)), up);
    }

    // 12 biased iterations, the poses, 12 unbiased ones; see WideJoints.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Solve(float* block, WideJoints<T>* j)
    {
        (Wide4<T> elbow, Wide4<T> shoulder) = Residuals(block, j);
        T bias = T.Create((float)(1 / TimeStep));
        Wide4<T> elbowBias = j->Elbow.Forward(bias * j->ElbowError);
        Wide4<T> shoulderBias = j->Shoulder.Forward(bias * j->ShoulderError);
        elbow = j->Elbow.Forward(elbow) + elbowBias;
        shoulder = j->Shoulder.Forward(shoulder) + shoulderBias;

        Iterate(j, PositionIterations, ref elbow, ref shoulder, out Wide4<T> elbowSum, out Wide4<T> shoulderSum);
        Correct(block, j, elbowSum, shoulderSum);
        MovePose(block + (Rows.Upper * T.Count));
        MovePose(block + (Rows.Lower * T.Count));

        elbow -= elbowBias;
        shoulder -= shoulderBias;
        Iterate(j, VelocityIterations, ref elbow, ref shoulder, out elbowSum, out shoulderSum);
        Correct(block, j, elbowSum, shoulderSum);
    }

    // J v of both joints.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Wide4<T> Elbow, Wide4<T> Shoulder) Residuals(float* block, WideJoints<T>* j)
    {
        float* a = block + (Rows.Upper * T.Count);
        float* b = block + (Rows.Lower * T.Count);
        Wide3<T> vA = Load3(a, Rows.Velocity);
        Wide3<T> wA = Load3(a, Rows.AngularVelocity);
        Wide3<T> vB = Load3(b, Rows.Velocity);
        Wide3<T> wB = Load3(b, Rows.AngularVelocity);
        Wide3<T> atElbow = vB + Wide3<T>.Cross(wB, j->ElbowLeverB) - vA - Wide3<T>.Cross(wA, j->ElbowLeverA);
        Wide3<T> atShoulder = vA + Wide3<T>.Cross(wA, j->ShoulderLever);
        return (new(atElbow, Wide3<T>.Dot(j->ElbowNormal, wB - wA)), new(atShoulder, Wide3<T>.Dot(j->ShoulderNormal, wA)));
    }

    // Elbow: s -= B e, e = 0. Shoulder: e = -B^T s, s = 0. What is summed is what each has solved. From the second iteration
    // on s was 0 before the elbow's turn, so that one iteration takes s to B B^T s, and e need not be followed between.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Iterate(
        WideJoints<T>* j, int iterations, ref Wide4<T> elbow, ref Wide4<T> shoulder, out Wide4<T> elbowSum, out Wide4<T> shoulderSum)
    {
        Wide4<T> s = shoulder - j->Coupling.Times(elbow);
        Wide4<T> sum = s;
        Wide4<T> before = default;
        for (int i = 1; i < iterations; i++)
        {
            before = sum;
            s = j->Square.Times(s);
            sum += s;
        }

        elbowSum = elbow - j->Coupling.TransposedTimes(before);
        shoulderSum = sum;
        elbow = -j->Coupling.TransposedTimes(s);
        shoulder = default;
    }

    // v -= W J^T (summed impulses).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Correct(float* block, WideJoints<T>* j, Wide4<T> elbowSum, Wide4<T> shoulderSum)
    {
        float* a = block + (Rows.Upper * T.Count);
        float* b = block + (Rows.Lower * T.Count);
        Wide4<T> e = j->Elbow.Backward(elbowSum);
        Wide4<T> s = j->Shoulder.Backward(shoulderSum);
        Store3(Load3(a, Rows.Velocity) + e.Xyz - s.Xyz, a, Rows.Velocity);
        Store3(Load3(b, Rows.Velocity) - e.Xyz, b, Rows.Velocity);
        Wide3<T> elbowCouple = e.W * j->ElbowNormal;
        Wide3<T> onA = Wide3<T>.Cross(j->ShoulderLever, s.Xyz) + (s.W * j->ShoulderNormal)
            - Wide3<T>.Cross(j->ElbowLeverA, e.Xyz) - elbowCouple;
        Wide3<T> onB = Wide3<T>.Cross(j->ElbowLeverB, e.Xyz) + elbowCouple;
        Store3(Load3(a, Rows.AngularVelocity) - WideJoints<T>.InverseInertiaA(j->AxisA, onA), a, Rows.AngularVelocity);
        Store3(Load3(b, Rows.AngularVelocity) - WideJoints<T>.InverseInertiaB(j->AxisB, onB), b, Rows.AngularVelocity);
    }

    // p += v dt, and the rotation by omega dt: sin and cos of half its angle x as series in x^2, to 1e-8 up to x = 1 (100 rad/s).
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void MovePose(float* body)
    {
        Store3(Wide3<T>.MultiplyAdd(T.Create(Dt), Load3(body, Rows.Velocity), Load3(body, Rows.Position)), body, Rows.Position);

        Wide3<T> half = T.Create(0.5f * Dt) * Load3(body, Rows.AngularVelocity);
        T x2 = Wide3<T>.Dot(half, half);
        T sinc = Series(x2, -1f / 6, 1f / 120, -1f / 5040, 1f / 362880);
        T cos = Series(x2, -1f / 2, 1f / 24, -1f / 720, 1f / 40320);
        Wide3<T> d = sinc * half;
        Wide4<T> q = Load4(body, Rows.Orientation);
        Wide3<T> imaginary = Wide3<T>.MultiplyAdd(cos, q.Xyz, Wide3<T>.MultiplyAdd(q.W, d, Wide3<T>.Cross(d, q.Xyz)));
        T real = (cos * q.W) - Wide3<T>.Dot(d, q.Xyz);
        T scale = T.Create(1) / T.Sqrt(T.MultiplyAdd(real, real, Wide3<T>.Dot(imaginary, imaginary)));
        Store3(scale * imaginary, body, Rows.Orientation);
        T.Store(scale * real, body + ((Rows.Orientation + 3) * T.Count));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Series(T x, float c1, float c2, float c3, float c4)
    {
        T sum = T.MultiplyAdd(T.Create(c4), x, T.Create(c3));
        sum = T.MultiplyAdd(sum, x, T.Create(c2));
        sum = T.MultiplyAdd(sum, x, T.Create(c1));
        return T.MultiplyAdd(sum, x, T.Create(1));
    }
}
