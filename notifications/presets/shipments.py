"""From the warehouse to the door."""

from notifications.presets.recipe import DAY, HELP_EN, HELP_ZH, HOUR, Recipe, Words

_TRACKING_EN = (
    "{% if shipment.tracking_number %}<p>{{ shipment.carrier | default: 'Carrier' }}: "
    "<strong>{shipment.tracking_number}</strong></p>{% endif %}"
)
_TRACKING_ZH = (
    "{% if shipment.tracking_number %}"
    "<p>{{ 快递公司 | default: '快递' }}单号：<strong>{快递单号}</strong></p>{% endif %}"
)
_ETA_EN = "{% if shipment.eta %}<p>Expected: <strong>{shipment.eta}</strong></p>{% endif %}"
_ETA_ZH = "{% if shipment.eta %}<p>预计送达：<strong>{预计送达}</strong></p>{% endif %}"

SHIPMENTS = (
    Recipe(
        event="shipment.dispatched",
        useful=DAY,
        en=Words(
            name="Order dispatched",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} is on its way"
                "{% if shipment.tracking_number %}, tracking number {shipment.tracking_number}"
                "{% if shipment.carrier %} ({shipment.carrier}){% endif %}{% endif %}{% if shipment.eta %}"
                ", expected {shipment.eta}{% endif %}."
            ),
            subject="Your order {order.number} is on its way",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Good news: your order <strong>{order.number}</strong> has left our hands.</p>"
                f"{_TRACKING_EN}{_ETA_EN}"
                "{% if order.item_count %}{order.items_table}{% endif %}"
            ),
        ),
        zh=Words(
            name="发货通知",
            sms=(
                "您的订单{订单号}已发货"
                "{% if shipment.tracking_number %}"
                "，{% if shipment.carrier %}{快递公司}{% else %}快递{% endif %}单号{快递单号}{% endif %}"
                "{% if shipment.eta %}，预计{预计送达}送达{% endif %}。"
            ),
            subject="订单 {订单号} 已发货",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>好消息，您的订单 <strong>{订单号}</strong> 已经发出，正向您赶来。</p>"
                f"{_TRACKING_ZH}{_ETA_ZH}"
                "{% if order.item_count %}{商品明细}{% endif %}"
            ),
        ),
    ),
    Recipe(
        event="shipment.out_for_delivery",
        useful=12 * HOUR,
        en=Words(
            name="Out for delivery",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} is out for delivery"
                "{% if shipment.window %} ({shipment.window}){% endif %}"
                "{% if shipment.courier_phone %}. Courier: {shipment.courier_phone}{% endif %}."
            ),
            subject="Your order {order.number} arrives today",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your order <strong>{order.number}</strong> is out for delivery"
                "{% if shipment.window %} and should reach you {shipment.window}{% endif %}.</p>"
                "{% if shipment.courier_phone %}<p>Your courier: {{ shipment.courier_name | default: '' }} "
                "{shipment.courier_phone}</p>{% endif %}" + _TRACKING_EN
            ),
        ),
        zh=Words(
            name="派送通知",
            sms=(
                "订单{订单号}正在派送{% if shipment.window %}，{配送时段}送达{% endif %}"
                "{% if shipment.courier_phone %}，快递员{快递员电话}{% endif %}，请留意来电。"
            ),
            subject="订单 {订单号} 正在派送",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 正在派送"
                "{% if shipment.window %}，预计{配送时段}送达{% endif %}，请保持电话畅通。</p>"
                "{% if shipment.courier_phone %}<p>快递员：{{ 快递员 | default: '' }}"
                " {快递员电话}</p>{% endif %}" + _TRACKING_ZH
            ),
        ),
    ),
    Recipe(
        event="shipment.delayed",
        useful=DAY,
        en=Words(
            name="Delivery delayed",
            sms=(
                "Hi {customer.name}, sorry: your {merchant.name} order {order.number} is late"
                "{% if shipment.reason %} ({shipment.reason}){% endif %}"
                "{% if shipment.eta %}. New estimate: {shipment.eta}{% endif %}. Thank you for your patience."
            ),
            subject="Your order {order.number} takes a little longer",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>We are sorry: your order <strong>{order.number}</strong> is delayed"
                "{% if shipment.reason %} because of {shipment.reason}{% endif %}"
                "{% if shipment.delay_hours %}, by about {shipment.delay_hours}{% endif %}.</p>"
                f"{_ETA_EN}<p>We keep an eye on it and write when it moves.</p>{HELP_EN}"
            ),
        ),
        zh=Words(
            name="延误通知",
            sms=(
                "很抱歉，您的订单{订单号}{% if shipment.reason %}因{延误原因}{% endif %}有所延误"
                "{% if shipment.eta %}，预计{预计送达}送达{% endif %}。我们正加紧跟进，请您谅解。"
            ),
            subject="很抱歉，订单 {订单号} 有所延误",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>非常抱歉，您的订单 <strong>{订单号}</strong>{% if shipment.reason %}"
                "因{延误原因}{% endif %}"
                "有所延误{% if shipment.delay_hours %}，约{延误时长}{% endif %}。</p>"
                f"{_ETA_ZH}<p>我们正加紧跟进，一有进展就通知您，感谢您的耐心与谅解。</p>{HELP_ZH}"
            ),
        ),
    ),
    Recipe(
        event="shipment.ready_for_pickup",
        useful=2 * DAY,
        en=Words(
            name="Ready for pickup",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} is ready for pickup"
                "{% if shipment.location %} at {shipment.location}{% endif %}."
            ),
            subject="Your order {order.number} is ready for pickup",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your order <strong>{order.number}</strong> is waiting for you"
                "{% if shipment.location %} at <strong>{shipment.location}</strong>{% endif %}.</p>"
                "<p>Please bring the order number and, if you are asked, proof of who you are.</p>"
                + _TRACKING_EN
            ),
        ),
        zh=Words(
            name="自提通知",
            sms=(
                "您的订单{订单号}已到达{% if shipment.location %}{自提点}{% else %}自提点{% endif %}，"
                "请方便时前往领取，感谢您的等待。"
            ),
            subject="订单 {订单号} 可以取件了",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 已到达 "
                "<strong>{{ 自提点 | default: '自提点' }}</strong>，"
                "请方便时凭订单号前往领取。</p>" + _TRACKING_ZH
            ),
        ),
    ),
    Recipe(
        event="shipment.failed_attempt",
        useful=DAY,
        en=Words(
            name="Delivery attempt failed",
            sms=(
                "Hi {customer.name}, we could not hand over your {merchant.name} order {order.number}. "
                "The courier will try again{% if shipment.courier_phone %}"
                ": {shipment.courier_phone}{% endif %}."
            ),
            subject="We missed you: order {order.number}",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>The courier could not hand over your order <strong>{order.number}"
                "</strong> and will try again. "
                "If another time or place suits you better, please tell us.</p>"
                f"{_TRACKING_EN}{HELP_EN}"
            ),
        ),
        zh=Words(
            name="派送未成功",
            sms=(
                "您的订单{订单号}派送未成功，快递员将再次联系您"
                "{% if shipment.courier_phone %}（{快递员电话}）{% endif %}，请保持手机畅通。"
            ),
            subject="订单 {订单号} 派送未成功",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 派送未成功，快递员将再次与您联系。"
                "如需更改时间或地址，请告诉我们。</p>"
                f"{_TRACKING_ZH}{HELP_ZH}"
            ),
        ),
    ),
    Recipe(
        event="shipment.delivered",
        useful=DAY,
        en=Words(
            name="Delivered",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} has been delivered. "
                "We hope you enjoy it. Anything wrong? Just tell us."
            ),
            subject="Your order {order.number} has been delivered",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your order <strong>{order.number}</strong> has been delivered. We hope you enjoy it.</p>"
                "<p>If anything is not as it should be, tell us and we put it right.</p>" + HELP_EN
            ),
        ),
        zh=Words(
            name="送达通知",
            sms="您的订单{订单号}已送达，请及时查收。如有任何问题，欢迎随时联系我们，祝您生活愉快。",
            subject="订单 {订单号} 已送达",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 已送达，请及时查收，希望您喜欢。</p>"
                "<p>如有任何问题，请随时告诉我们，我们会妥善处理。</p>" + HELP_ZH
            ),
        ),
    ),
    Recipe(
        event="shipment.signed",
        useful=DAY,
        en=Words(
            name="Signed for",
            sms=(
                "Hi {customer.name}, your {merchant.name} order {order.number} has been signed for. "
                "Thank you! If anything is wrong, just tell us."
            ),
            subject="Your order {order.number} has been signed for",
            mail=(
                "<p>Hi {customer.name},</p>"
                "<p>Your order <strong>{order.number}</strong> has been "
                "signed for. Thank you for choosing us.</p>"
                "<p>Was it not you, or is something wrong? Please tell us.</p>" + HELP_EN
            ),
        ),
        zh=Words(
            name="签收通知",
            sms="您的订单{订单号}已签收，感谢您的信任。如非本人签收或商品有任何问题，请随时联系我们。",
            subject="订单 {订单号} 已签收",
            mail=(
                "<p>{客户姓名}，您好：</p>"
                "<p>您的订单 <strong>{订单号}</strong> 已签收，感谢您的信任。</p>"
                "<p>如非本人签收，或商品有任何问题，请随时联系我们。</p>" + HELP_ZH
            ),
        ),
    ),
)
