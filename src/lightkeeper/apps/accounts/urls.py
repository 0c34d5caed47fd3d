from django.urls import path

from lightkeeper.apps.accounts import views, views_keys, views_lasting, views_outside, views_proof
from lightkeeper.apps.accounts import views_compartments as compartments

app_name = "accounts"
urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-in/key/", views_keys.sign_in_by_key, name="sign_in_by_key"),
    path("sign-in/outside/", views_outside.sign_in_outside, name="sign_in_outside"),
    path("sign-in/outside/back/", views_outside.back_from_outside, name="back_from_outside"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.change_password, name="change_password"),
    path("prove/", views_proof.prove, name="prove"),
    path("sessions/", views_proof.sessions, name="sessions"),
    path("sessions/end/", views_proof.end_session, name="end_session"),
    path("second-factor/", views_proof.second_factor, name="second_factor"),
    path("second-factor/start/", views_proof.start_factor, name="start_factor"),
    path("second-factor/confirm/", views_proof.confirm_factor, name="confirm_factor"),
    path("second-factor/off/", views_proof.turn_off_factor, name="turn_off_factor"),
    path("second-factor/key/", views_keys.start_passkey, name="start_passkey"),
    path("second-factor/key/add/", views_keys.add_passkey, name="add_passkey"),
    path("second-factor/key/remove/", views_keys.remove_passkey, name="remove_passkey"),
    path("compartments/", compartments.compartments, name="compartments"),
    path("compartments/open/", compartments.open_compartment, name="open_compartment"),
    path("compartments/<slug:reference>/", compartments.compartment, name="compartment"),
    path(
        "compartments/<slug:reference>/propose/",
        compartments.propose_member,
        name="propose_member",
    ),
    path(
        "compartments/<slug:reference>/review/",
        compartments.review_compartment,
        name="review_compartment",
    ),
    path("compartments/<slug:reference>/move/", compartments.propose_move, name="propose_move"),
    path("moves/<slug:reference>/decide/", compartments.decide_move, name="decide_move"),
    path("moves/<slug:reference>/withdraw/", compartments.withdraw_move, name="withdraw_move"),
    path("members/<slug:reference>/decide/", compartments.decide_member, name="decide_member"),
    path(
        "members/<slug:reference>/withdraw/", compartments.withdraw_member, name="withdraw_member"
    ),
    path("members/<slug:reference>/end/", compartments.end_member, name="end_member"),
    path("clearance/", views_lasting.lasting, name="lasting"),
    path("clearance/renew/", views_lasting.renew, name="renew"),
]
