// Prints where the fields that are used lie in MuJoCo's structures, by the installed header: "version 222", then "Name offset".
//   gcc offsets.c -o offsets && ./offsets
#include <mujoco/mujoco.h>
#include <stddef.h>
#include <stdio.h>

#define MODEL(name, field) printf("%s %zu\n", name, offsetof(mjModel, field));
#define DATA(name, field) printf("%s %zu\n", name, offsetof(mjData, field));

int main(void) {
    printf("Version %d\n", mjVERSION_HEADER);
    MODEL("PositionCount", nq)
    MODEL("VelocityCount", nv)
    MODEL("ControlCount", nu)
    MODEL("BodyCount", nbody)
    MODEL("TimeStep", opt.timestep)
    MODEL("BodyMass", body_mass)
    MODEL("ControlRange", actuator_ctrlrange)
    DATA("Positions", qpos)
    DATA("Velocities", qvel)
    DATA("Controls", ctrl)
    DATA("BodyPositions", xpos)
    DATA("BodyCentres", xipos)
    DATA("SitePositions", site_xpos)
    DATA("Inertias", cinert)
    DATA("BodyVelocities", cvel)
    DATA("ActuatorForces", qfrc_actuator)
    DATA("ConstraintForces", qfrc_constraint)
    DATA("ExternalForces", cfrc_ext)
    return 0;
}
